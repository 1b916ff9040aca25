package dev.myelin.cpu;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** Runs once for each vector length that backend-cpu/pom.xml lists. */
final class VectorGemmTest extends GemmContract {
  /** A species that the processor lacks runs in slow Java code. */
  private static final boolean EMULATED =
      VectorWidth.FLOATS.vectorBitSize() > FloatVector.SPECIES_PREFERRED.vectorBitSize();

  /** Before that, products would run on code without vectors. */
  @BeforeAll
  static void awaitWarmUp() throws InterruptedException {
    WarmUp.begin();
    while (!WarmUp.tilesAreCompiled()) {
      Thread.sleep(1);
    }
  }

  @Override
  Gemm gemm(WorkerPool pool) {
    return new VectorGemm(pool);
  }

  @Override
  int[] sizes() {
    int rows = TileKernels.PANEL_ROWS;
    int columns = TileKernels.PANEL_COLUMNS;
    IntStream always = IntStream.of(0, 1, 3, 7, rows - 1, rows, rows + 1, columns, columns + 1);
    IntStream ifFast = IntStream.of(2, 5, 10, 17, 31, columns - 1, 64, 97, 130);
    IntStream all = EMULATED ? always : IntStream.concat(always, ifFast);
    return all.sorted().distinct().toArray();
  }

  @Override
  int longest() {
    return EMULATED ? 300 : 5000;
  }

  @Override
  int lanesOfSeveralPasses() {
    return EMULATED ? 300 : 1500;
  }

  @Override
  int depthOfSeveralPasses() {
    return EMULATED ? 1501 : 2051;
  }

  @Override
  int largeRows() {
    return EMULATED ? 21 : 301;
  }

  @Override
  int largeDepth() {
    return EMULATED ? 261 : 600;
  }

  @Override
  int callsToWarmUp() {
    Assumptions.assumeFalse(EMULATED, "emulated vectors are objects");
    return 20_000;
  }
}
