package dev.myelin.cuda;

import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/** Sums of all elements and of rows, in an order that depends on the shape alone. */
final class Reductions {
  /** MAX_LANES of the kernels. */
  static final int MAXIMUM_LANES = 256;

  private static final String FILE = "reductions";
  private static final String CLIP = "clip";

  /** Below so many elements for each, a further group costs more than it saves. */
  private static final int ELEMENTS_PER_GROUP = 4096;

  /** Columns that a group of sumRows takes. */
  private static final int COLUMNS_PER_GROUP = 16;

  private final Programs programs;
  private final Scratch scratch;

  Reductions(Programs programs, Scratch scratch) {
    this.programs = programs;
    this.scratch = scratch;
  }

  /** Lanes that share a row. */
  static int rowLanes(int columns) {
    int lanes = 32;
    while (lanes * 2 < columns && lanes < MAXIMUM_LANES) {
      lanes *= 2;
    }
    return lanes;
  }

  private static int groups(long elements) {
    return (int) Math.max(1, Math.min(Scratch.MAXIMUM_PARTIALS, elements / ELEMENTS_PER_GROUP));
  }

  void sum(Tensor in, WriteMode mode, Tensor out) {
    long count = in.elements();
    int groups = groups(count);
    Kernel sum = programs.kernel(FILE, "sum");
    boolean accumulate = mode == WriteMode.ACCUMULATE;
    if (groups == 1) {
      sum.index(count).tensor(in).flag(accumulate).tensor(out).launchGroups(1, MAXIMUM_LANES);
      return;
    }
    sum.index(count).tensor(in).flag(false).memory(scratch.partials()).index(0);
    sum.launchGroups(groups, MAXIMUM_LANES);
    sum.index(groups).memory(scratch.partials()).index(0).flag(accumulate).tensor(out);
    sum.launchGroups(1, MAXIMUM_LANES);
  }

  void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    int groups = groups(a.elements());
    Kernel equal = programs.kernel(FILE, "countEqual");
    equal.index(a.elements()).tensor(a).tensor(b).memory(scratch.partials());
    equal.launchGroups(groups, MAXIMUM_LANES);
    Kernel total = programs.kernel(FILE, "sumIntegers");
    total.index(groups).memory(scratch.partials()).flag(mode == WriteMode.ACCUMULATE);
    total.tensor(count).launchGroups(1, MAXIMUM_LANES);
  }

  void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    long count = gradients.elements();
    int groups = groups(count);
    Kernel largest = programs.kernel(CLIP, "largestMagnitude");
    largest.index(count).tensor(gradients).memory(scratch.maxima());
    largest.launchGroups(groups, MAXIMUM_LANES);
    Kernel squares = programs.kernel(CLIP, "sumOfScaledSquares");
    squares.index(count).tensor(gradients).memory(scratch.maxima()).memory(scratch.partials());
    squares.launchGroups(groups, MAXIMUM_LANES);
    Kernel factor = programs.kernel(CLIP, "clippingFactor");
    factor.integer(groups).memory(scratch.maxima()).memory(scratch.partials()).real(maxNorm);
    factor.tensor(norm).memory(scratch.factor()).launchGroups(1, MAXIMUM_LANES);
    Kernel scale = programs.kernel(CLIP, "scaleByFactor");
    scale.index(count).memory(scratch.factor()).tensor(gradients).launch(count);
  }

  void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    int rows = matrix.dimension(0);
    int columns = matrix.dimension(1);
    Kernel kernel = programs.kernel("sum-rows", "sumRows").integer(rows).integer(columns);
    kernel.tensor(matrix).flag(mode == WriteMode.ACCUMULATE).tensor(out);
    int rowLanes = MAXIMUM_LANES / COLUMNS_PER_GROUP;
    long groups = Kernel.roundedUp(columns, COLUMNS_PER_GROUP) / COLUMNS_PER_GROUP;
    kernel.launch(groups, 1, COLUMNS_PER_GROUP, rowLanes);
  }
}
