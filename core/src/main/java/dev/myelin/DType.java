package dev.myelin;

/** The element types of tensors. Both take four bytes. */
public enum DType {
  /** IEEE 754 binary32. */
  F32,
  /** Two's complement 32-bit integers: labels, row indices, counters. */
  I32;

  /** Bytes that one element takes. */
  public int bytes() {
    return 4;
  }
}
