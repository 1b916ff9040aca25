package dev.myelin.nn;

/** A parameter's values on the host. */
public final class NamedParameter {
  private final String name;
  private final int[] shape;
  private final float[] values;

  /**
   * Takes the arrays as they are; they are not to be modified afterwards.
   *
   * @param name as PyTorch's nn.Sequential has it: "0.weight"
   * @param shape [out, in] of a weight, [out] of a bias
   * @param values row by row
   */
  public NamedParameter(String name, int[] shape, float[] values) {
    this.name = name;
    this.shape = shape.clone();
    this.values = values;
  }

  public String name() {
    return name;
  }

  /** [out, in] of a weight, [out] of a bias; a copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** Row by row; not a copy, not to be modified. */
  public float[] values() {
    return values;
  }
}
