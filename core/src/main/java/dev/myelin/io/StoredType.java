package dev.myelin.io;

/** The element types of the safetensors format, under the names that a file's header uses. */
public enum StoredType {
  /** One byte, 0 or 1. */
  BOOL(8),
  /** Four-bit float of the OCP microscaling formats (E2M1). */
  F4(4),
  /** Six-bit float with two exponent bits. */
  F6_E2M3(6),
  /** Six-bit float with three exponent bits. */
  F6_E3M2(6),
  /** Unsigned 8-bit integer. */
  U8(8),
  /** Signed 8-bit integer. */
  I8(8),
  /** 8-bit float with five exponent bits. */
  F8_E5M2(8),
  /** 8-bit float with four exponent bits. */
  F8_E4M3(8),
  /** 8-bit power of two, a scale of the microscaling formats. */
  F8_E8M0(8),
  /** {@link #F8_E4M3} without infinities and negative zero. */
  F8_E4M3FNUZ(8),
  /** {@link #F8_E5M2} without infinities and negative zero. */
  F8_E5M2FNUZ(8),
  /** Signed 16-bit integer. */
  I16(16),
  /** Unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 binary16. */
  F16(16),
  /** bfloat16: the upper half of a binary32. */
  BF16(16),
  /** Signed 32-bit integer. */
  I32(32),
  /** Unsigned 32-bit integer. */
  U32(32),
  /** IEEE 754 binary32. */
  F32(32),
  /** Complex number of two binary32. */
  C64(64),
  /** IEEE 754 binary64. */
  F64(64),
  /** Signed 64-bit integer. */
  I64(64),
  /** Unsigned 64-bit integer. */
  U64(64);

  private final int bits;

  StoredType(int bits) {
    this.bits = bits;
  }

  /** Bits that one element takes. */
  public int bits() {
    return bits;
  }

  /** Whether {@link SafeTensors#floats} reads this type: F32, F64, F16 and BF16. */
  public boolean readsAsFloats() {
    return switch (this) {
      case F32, F64, F16, BF16 -> true;
      default -> false;
    };
  }
}
