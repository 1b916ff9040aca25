package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrecisionTest {
  private static int fractionBits(Precision precision) {
    return switch (precision) {
      case F32 -> 23;
      case TF32 -> 10;
      case BF16 -> 7;
    };
  }

  /** Scaled so that the last bit kept is worth 1, Math.rint does the same. */
  @ParameterizedTest
  @EnumSource
  void round_takesTheNearestNumber_andTheEvenOneOfTwo(Precision precision) {
    Philox random = new Philox(1, 0);
    for (int i = 0; i < 10_000; i++) {
      float value = random.nextInt() * 0x1p-31f;
      if (i % 4 == 0) {
        // Half way between two numbers of the precision, or one of them.
        value = Math.round(value * 512) / 512f;
      }
      double unit = Math.scalb(1.0, Math.getExponent(value) - fractionBits(precision));
      assertEquals((float) (Math.rint(value / unit) * unit), precision.round(value), value + "");
    }
  }

  @Test
  void round_keepsSignedZerosInfinitiesAndNaN() {
    for (Precision precision : Precision.values()) {
      for (float value :
          new float[] {0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
        assertEquals(value, precision.round(value), precision + " of " + value);
      }
      float noisy = Float.intBitsToFloat(0x7f800001);
      assertTrue(Float.isNaN(precision.round(noisy)), precision.text());
    }
  }

  @Test
  void round_ofTheLargestFloat_isInfiniteWhereItIsBeyondTheLargestNumber() {
    assertEquals(Float.MAX_VALUE, Precision.F32.round(Float.MAX_VALUE));
    assertEquals(Float.POSITIVE_INFINITY, Precision.TF32.round(Float.MAX_VALUE));
    assertEquals(Float.NEGATIVE_INFINITY, Precision.BF16.round(-Float.MAX_VALUE));
  }

  @Test
  void options_withoutAPrecision_areRefused() {
    assertThrows(NullPointerException.class, () -> BackendOptions.DEFAULT.withPrecision(null));
    assertEquals(Precision.F32, BackendOptions.DEFAULT.precision());
    assertEquals(
        new BackendOptions(3, 5, Precision.BF16),
        BackendOptions.DEFAULT
            .withPrecision(Precision.BF16)
            .withThreads(3)
            .withMemoryBudgetBytes(5));
  }
}
