package dev.myelin;

/** Whether {@link Ops#matmul} reads an operand as it is stored or transposed. */
public enum Transpose {
  NO,
  YES
}
