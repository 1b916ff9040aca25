package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

final class VectorWidthTest {
  @Test
  void choose_withoutProperty_isTheWidest() {
    assertEquals(FloatVector.SPECIES_PREFERRED, VectorWidth.choose(null));
  }

  @Test
  void choose_eachWidth_hasThatManyBits() {
    for (int bits : new int[] {64, 128, 256, 512}) {
      assertEquals(bits, VectorWidth.choose(Integer.toString(bits)).vectorBitSize());
    }
  }

  @Test
  void choose_unknownWidth_namesThePropertyAndTheChoices() {
    IllegalArgumentException caught =
        assertThrows(IllegalArgumentException.class, () -> VectorWidth.choose("300"));
    assertEquals(
        "myelin.cpu.vectorBits=300: expected 64, 128, 256 or 512, or no such property",
        caught.getMessage());
  }

  @Test
  void registers_followTheInstructionSet() {
    assertEquals(16, VectorWidth.registers("amd64", 256));
    assertEquals(32, VectorWidth.registers("amd64", 512));
    assertEquals(32, VectorWidth.registers("aarch64", 128));
  }
}
