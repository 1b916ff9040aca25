package dev.myelin;

import java.util.Locale;

/**
 * How the operands of matrix products are rounded before they are multiplied: to the nearest
 * number, ties to even. It holds for every product of {@link Ops#matmul} and of what is made of it,
 * in both directions. Products of rounded numbers are exact, their sums are f32; so is all else:
 * parameters, gradients, activations and the optimizer's moments are never stored rounded.
 *
 * <p>Numbers beyond the largest one become infinite; NaN stays NaN. A device may take subnormal
 * numbers for zero.
 */
public enum Precision {
  /** Not at all. Every device has it. */
  F32(0),
  /** To 10 bits of fraction, and float's 8 of exponent: a relative error of at most 2^-11. */
  TF32(13),
  /** To 7 bits of fraction, and float's 8 of exponent: a relative error of at most 2^-8. */
  BF16(16);

  private final int droppedBits;

  Precision(int droppedBits) {
    this.droppedBits = droppedBits;
  }

  /** The number that takes the place of an operand's element. */
  public float round(float value) {
    if (this == F32 || Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int belowHalf = (1 << (droppedBits - 1)) - 1;
    int nearest = bits + belowHalf + (bits >>> droppedBits & 1);
    return Float.intBitsToFloat(nearest >>> droppedBits << droppedBits);
  }

  /** As users write it: "tf32". */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
