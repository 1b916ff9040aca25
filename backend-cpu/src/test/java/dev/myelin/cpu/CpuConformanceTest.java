package dev.myelin.cpu;

import dev.myelin.testkit.BackendConformance;
import dev.myelin.testkit.Effort;
import jdk.incubator.vector.FloatVector;

/**
 * The suite that every backend passes; backend-cpu/pom.xml runs it for several vector lengths and
 * without vectors.
 */
final class CpuConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "cpu";
  }

  @Override
  protected Effort effort() {
    return Implementation.best() == Implementation.VECTOR && isEmulated()
        ? Effort.REDUCED
        : Effort.FULL;
  }

  /** A species that the processor lacks runs in slow Java code. */
  private static boolean isEmulated() {
    return VectorWidth.FLOATS.vectorBitSize() > FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
