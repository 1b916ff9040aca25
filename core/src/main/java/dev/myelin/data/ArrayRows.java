package dev.myelin.data;

/** Rows of an array in memory. */
final class ArrayRows implements FeatureRows {
  private final String name;
  private final int inputs;
  private final float[] values;

  ArrayRows(String name, int inputs, float[] values) {
    this.name = name;
    this.inputs = inputs;
    this.values = values;
  }

  @Override
  public int samples() {
    return values.length / inputs;
  }

  @Override
  public boolean isInMemory() {
    return true;
  }

  @Override
  public void read(int row, float[] target, int offset) {
    System.arraycopy(values, row * inputs, target, offset, inputs);
  }

  @Override
  public float[] array() {
    return values;
  }

  @Override
  public FeatureRows select(int[] rows) {
    return new ArrayRows(name, inputs, DatasetChecks.gather(name, values, inputs, rows));
  }

  @Override
  public void requireIntact() {}
}
