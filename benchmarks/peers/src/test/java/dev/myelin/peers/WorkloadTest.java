package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.peers.Workload.Product;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void of_readsTheTextOfEveryWorkload() {
    List<Workload> all = Workloads.all();
    for (Workload workload : all) {
      assertEquals(workload, Workload.of(workload.text()));
    }
    assertEquals(all.size(), new HashSet<>(all).size(), "no workload is there twice");
  }

  @Test
  void of_textOfNoWorkload_throwsWithTheText() {
    for (String text : List.of("", "gemm 1 2 3", "gemm 1 2 3 n", "train xl", "map relu")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> Workload.of(text));
      assertEquals("no workload: '" + text + "'", refused.getMessage());
    }
  }

  @Test
  void productsOfNets_holdForwardAndBothGradientsOfALayer() {
    assertTrue(
        Workloads.productsOfNets()
            .containsAll(
                List.of(
                    new Product(128, 256, 512, false, true),
                    new Product(256, 512, 128, true, false),
                    new Product(128, 512, 256, false, false))));
  }

  @Test
  void sample_endsWithTheLastElement() {
    float[] result = new float[33];
    result[32] = 5;
    double[] sample = Workload.sample(result);
    assertEquals(16, sample.length);
    assertEquals(5, sample[15]);
    assertArrayEquals(new double[] {1, 2}, Workload.sample(new float[] {1, 2}));
  }
}
