package dev.myelin.soak;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BitsTest {
  private final Bits bits = new Bits();

  private String refusal(float... values) {
    return assertThrows(
            AssertionError.class, () -> bits.requireSame("moons on cpu", Bits.of(values)))
        .getMessage();
  }

  @Test
  void laterResults_haveTheFirstOnesBits_orAreNamed() {
    bits.requireSame("moons on cpu", Bits.of(new float[] {1, 0}));
    bits.requireSame("moons on cpu", Bits.of(new float[] {1, 0}));
    bits.requireSame("moons on opencl", Bits.of(new float[] {2, 0}));
    assertEquals("moons on cpu: element 1 is 80000000, and was 00000000 at first", refusal(1, -0f));
    assertEquals("moons on cpu: 1 elements, and were 2 at first", refusal(1));
  }

  @Test
  void bitsOfRows_areInTheirOrder() {
    assertArrayEquals(Bits.of(new float[] {1, 2, 3}), Bits.of(new float[][] {{1}, {}, {2, 3}}));
  }
}
