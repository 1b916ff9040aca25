package dev.myelin.io;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Turns the stored elements of one tensor into floats. */
final class FloatDecoder {
  private static final int HALF_TO_FLOAT_BIAS = 127 - 15;

  private final Path file;
  private final TensorInfo tensor;

  /**
   * @throws InvalidModelException if the tensor's type is not one of floats
   */
  FloatDecoder(Path file, TensorInfo tensor) {
    if (!tensor.type().readsAsFloats()) {
      throw InvalidModelException.at(
          file,
          SafeTensorsHeader.placeOf(tensor.name()) + ", dtype",
          "F32, F64, F16 or BF16",
          tensor.type().name(),
          "Only these can be read as floats: convert the tensor with the tool that wrote the file.");
    }
    this.file = file;
    this.tensor = tensor;
  }

  /**
   * Moves all elements that remain in the bytes into the target.
   *
   * @param bytes in little-endian order
   */
  void decode(ByteBuffer bytes, FloatBuffer target) {
    switch (tensor.type()) {
      case F32 -> target.put(bytes.asFloatBuffer());
      case F16 -> {
        while (bytes.hasRemaining()) {
          target.put(fromHalf(bytes.getShort()));
        }
      }
      case BF16 -> {
        while (bytes.hasRemaining()) {
          target.put(Float.intBitsToFloat(bytes.getShort() << 16));
        }
      }
      case F64 -> {
        while (bytes.hasRemaining()) {
          target.put(fromDouble(bytes.getDouble()));
        }
      }
      default -> throw new AssertionError(tensor.type());
    }
  }

  /** Exact: every binary16 is a binary32; a NaN keeps its sign and payload. */
  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    int magnitude;
    if (exponent == 0) { // zero and the subnormals, which are normal as floats
      magnitude = Float.floatToRawIntBits(fraction * 0x1p-24f);
    } else if (exponent == 0x1f) {
      magnitude = 0x7f800000 | fraction << 13;
    } else {
      magnitude = (exponent + HALF_TO_FLOAT_BIAS) << 23 | fraction << 13;
    }
    return Float.intBitsToFloat(sign | magnitude);
  }

  private float fromDouble(double value) {
    float nearest = (float) value;
    if (Float.isInfinite(nearest) && !Double.isInfinite(value)) {
      throw InvalidModelException.at(
          file,
          SafeTensorsHeader.placeOf(tensor.name()),
          "values within +-" + Float.MAX_VALUE,
          Double.toString(value),
          "No float holds this F64: scale or clip the tensor before it is saved.");
    }
    return nearest;
  }
}
