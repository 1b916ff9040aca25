package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one choice of vector length that all vector code of this backend shares.
 *
 * <p>It is the widest that the JVM offers on this processor, unless the system property {@value
 * #PROPERTY} names another length in bits: 64, 128, 256 or 512. A length that the processor lacks
 * still computes the right values, but slowly and with garbage, so the property is for tests.
 *
 * <p>All vector code of a process must use this species and no other. JDK 17 picks the code behind
 * a vector operation by the types that its call site has met, and the call sites inside the Vector
 * API are shared: where two species have met, no vector stays in a register any more (measured: a
 * matrix product 25 times slower because its packing copied 128 bits at a time).
 */
final class VectorWidth {
  static final String PROPERTY = "myelin.cpu.vectorBits";

  static final VectorSpecies<Float> FLOATS = choose(System.getProperty(PROPERTY));

  /** How many vector registers the instruction set of {@link #FLOATS} has: 16 or 32. */
  static final int REGISTERS = registers(System.getProperty("os.arch"), FLOATS.vectorBitSize());

  private VectorWidth() {}

  /**
   * @param bits the property's value, or null for the widest
   * @throws IllegalArgumentException if no species has that many bits
   */
  static VectorSpecies<Float> choose(String bits) {
    if (bits == null) {
      return FloatVector.SPECIES_PREFERRED;
    }
    return switch (bits) {
      case "64" -> FloatVector.SPECIES_64;
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + "=" + bits + ": expected 64, 128, 256 or 512, or no such property");
    };
  }

  /** NEON, SVE and AVX-512 have 32 vector registers, AVX2 and what came before it 16. */
  static int registers(String architecture, int vectorBits) {
    return architecture.equals("aarch64") || vectorBits >= 512 ? 32 : 16;
  }
}
