package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.peers.Workload.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementsTest {
  private static final Product SMALL = new Product(128, 128, 128, false, false);
  private static final Product LARGE = new Product(256, 256, 256, false, false);

  private static final String CONDITIONS =
      """
      {"what":"conditions","threads":2,"processor":"a processor"}
      """;

  private static final String LINES =
      CONDITIONS
          + """
          {"what":"gemm 128 128 128 nn","contender":"myelin","nanos":[10,20,40]}
          {"what":"gemm 128 128 128 nn","contender":"mkl","nanos":[20,10,40]}
          {"what":"gemm 256 256 256 nn","contender":"myelin","nanos":[100,100]}
          {"what":"gemm 256 256 256 nn","contender":"mkl","nanos":[50,25]}
          """;

  @TempDir private Path folder;

  private Measurements read(String lines) throws IOException {
    return Measurements.read(Files.writeString(folder.resolve("run.jsonl"), lines));
  }

  @Test
  void medianAndSpeedup_areOfTheRounds() throws IOException {
    Measurements run = read(LINES);
    assertEquals(20, run.medianNanos(SMALL, Peer.MYELIN));
    // 2, 1/2 and 1.
    assertEquals(1, run.speedup(SMALL, Peer.MYELIN, Peer.MKL));
    assertEquals(0.375, run.speedup(LARGE, Peer.MYELIN, Peer.MKL));
    assertFalse(run.has(LARGE, Peer.OPENBLAS));
  }

  @Test
  void products_haveGeometricMeanAndLeast() throws IOException {
    Measurements.Summary summary = read(LINES).products(Peer.MYELIN, Peer.MKL).orElseThrow();
    assertEquals(Math.sqrt(0.375), summary.geometricMean(), 1e-12);
    assertEquals(0.375, summary.smallest());
    assertEquals(LARGE, summary.smallestAt());
    assertTrue(read(LINES).products(Peer.MYELIN, Peer.OPENBLAS).isEmpty());
  }

  @Test
  void read_withoutConditions_throwsWithTheFile() {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> read(""));
    assertTrue(refused.getMessage().endsWith("run.jsonl has no line of conditions"));
  }

  @Test
  void tables_sayWhereMyelinIsSlower() throws IOException {
    String tables = ReadmeTables.of(Map.of("JDK 25", read(LINES)));
    assertTrue(tables.contains("| against MKL | 0.61 | 0.38 | 256 x 256 x 256 |"), tables);
    assertTrue(tables.contains("- than mkl, JDK 25: 256 x 256 x 256 0.38\n"), tables);
  }

  @Test
  void plot_hasALineForEachContender() throws IOException {
    String plot = SpeedPlot.of(read(LINES), "title");
    assertEquals(2, plot.split("<polyline", -1).length - 1);
    assertTrue(plot.contains(">mkl</text>"), plot);
  }
}
