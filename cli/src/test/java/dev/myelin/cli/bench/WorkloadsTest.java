package dev.myelin.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadsTest {
  private static final Peak PEAK = new Peak(100, "test", 10);

  @ParameterizedTest
  @ValueSource(strings = {"1", "17", "3x5x2", "64x1", "1x31x7"})
  void everyWorkload_runsAtEveryShape_andFreesItsMemory(String shape) {
    try (Backend backend = Backends.open("cpu")) {
      DeviceInfo device = backend.device();
      for (String name : Workloads.names().split(", ", -1)) {
        for (Workload workload : Workloads.of(name, Shape.of(shape))) {
          try (Contender contender = workload.open(backend)) {
            assertEquals(device.id(), contender.name());
            contender.run(2);
          }
          assertEquals(0, backend.memory().usedBytes(), workload.title());
        }
      }
    }
  }

  @Test
  void groups_standForTheirMembers() {
    List<String> names = Workloads.of("products", null).stream().map(Workload::name).toList();
    assertEquals(List.of("matmul", "matmul-nt", "matmul-tn", "matmul-tt"), names);
    assertEquals(
        2 * (Activation.Kind.values().length - 1),
        Workloads.of("activations", Shape.of("1")).size());
    assertEquals("linear-forward, 128 x 512 x 784", Workloads.of("linear", null).get(0).title());
    assertEquals("call", Workloads.of("call", null).get(0).title());
  }

  @Test
  void unknownName_isRefusedWithThoseThereAre() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Workloads.of("conv", null));
    assertTrue(refused.getMessage().startsWith("there is no operation 'conv'; there are step, "));
    assertTrue(refused.getMessage().contains("softmax-cross-entropy"), refused.getMessage());
  }

  /** 100 x 50 (x 20) in 2 microseconds, on a device of 100 GFLOP/s and 10 GB/s. */
  @ParameterizedTest
  @CsvSource({
    "matmul-tn, 100, GFLOP/s, 1",
    "linear-params-grad, 100, GFLOP/s, 1",
    "relu, 20, GB/s, 2",
    "identity-grad, 20, GB/s, 2",
    "gelu-grad, 30, GB/s, 3",
    "softmax-cross-entropy, 20.4, GB/s, 2.04",
    "sgd, 30, GB/s, 3",
    "momentum, 50, GB/s, 5",
    "adamw, 70, GB/s, 7",
    "copy, 20, GB/s, 2",
    "upload, 10, GB/s, NaN",
    "call, 500000, calls/s, NaN"
  })
  void cost_givesRateAndShare(String name, double rate, String unit, double share) {
    Cost cost = Workloads.of(name, Shape.of("100x50x20")).get(0).cost();
    assertEquals(rate, cost.rate(2000), 1e-9);
    assertEquals(unit, cost.unit().text());
    assertEquals(share, cost.shareOfPeak(2000, PEAK), 1e-9);
  }

  @Test
  void step_countsTheProductsOfAllThreeDirections_butNoGradientOfTheData() {
    Cost cost = Net.of(Activation.RELU, 10, 7, 5, 3).workload().cost();
    assertEquals(2 * 10 * (2 * 7 * 5 + 3 * 5 * 3), cost.flops());
    assertEquals(10 / 1e-3, cost.rate(1e6), 1e-9);
    assertEquals("784-128-10 relu, batch 64", Net.S.text());
  }

  @Test
  void netData_fillWholeBatches_asManyAsFit() {
    assertEquals(64 * 64, Net.S.data().samples());
    assertEquals(1 << 14, Net.L.data().samples());
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 64, 64", "512x10, 512, 10, 10", "128x512x784, 128, 512, 784"})
  void shape_isReadFromOneTwoOrThreeSizes(String text, int m, int n, int k) {
    assertEquals(new Shape(m, n, k), Shape.of(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12x | a size is a number, or two or three with x between",
        "1000000 | 128x512x784, each 1 to 32768, but is '1000000'",
        "2x3x4x5 | but is '2x3x4x5'",
        "-4 | but is '-4'",
        "0 | sizes must be 1 to 32768, but are 0x0x0",
        "40000x1 | sizes must be 1 to 32768, but are 40000x1x1"
      })
  void shape_thatIsNone_isRefused(String text, String message) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Shape.of(text));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void multiplyAdds_runOnEveryThread_andCountTwoOperationsEach(int threads) {
    try (MultiplyAdds loop = new MultiplyAdds(threads)) {
      loop.run(2);
      assertEquals(2.0 * 8 * 4096 * 32 * threads, loop.flops());
    }
  }
}
