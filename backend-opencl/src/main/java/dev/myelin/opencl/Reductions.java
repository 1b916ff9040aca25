package dev.myelin.opencl;

import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/** Sums of all elements and of rows, and norms, in an order that depends on the shape alone. */
final class Reductions {
  /** MAX_LANES of the kernels. */
  static final int MAXIMUM_LANES = 256;

  private static final String FILE = "reductions.cl";
  private static final String CLIP = "clip.cl";

  /** Below so many elements for each, a further group costs more than it saves. */
  private static final int ELEMENTS_PER_GROUP = 4096;

  /** Columns that a group of sumRows takes. */
  private static final int COLUMNS_PER_GROUP = 16;

  private final Programs programs;
  private final Scratch scratch;
  private final int lanes;
  private final int rowLanes;

  Reductions(OpenClDevice device, Programs programs, Scratch scratch) {
    this.programs = programs;
    this.scratch = scratch;
    int most = Math.min(MAXIMUM_LANES, Integer.highestOneBit(device.maxGroupItems()));
    // On a processor lanes take turns: a few of them, for the accuracy of more partial sums.
    this.lanes = device.isProcessor() ? Math.min(16, most) : most;
    this.rowLanes = device.isProcessor() ? 1 : Math.max(1, most / COLUMNS_PER_GROUP);
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
      sum.index(count).tensor(in).flag(accumulate).tensor(out).launchGroups(1, lanes);
      return;
    }
    sum.index(count).tensor(in).flag(false).memory(scratch.partials()).index(0);
    sum.launchGroups(groups, lanes);
    sum.begin().index(groups).memory(scratch.partials()).index(0).flag(accumulate).tensor(out);
    sum.launchGroups(1, lanes);
  }

  void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    int groups = groups(a.elements());
    Kernel equal = programs.kernel(FILE, "countEqual");
    equal.index(a.elements()).tensor(a).tensor(b).memory(scratch.partials());
    equal.launchGroups(groups, lanes);
    Kernel total = programs.kernel(FILE, "sumIntegers");
    total.index(groups).memory(scratch.partials()).flag(mode == WriteMode.ACCUMULATE);
    total.tensor(count).launchGroups(1, lanes);
  }

  void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    long count = gradients.elements();
    int groups = groups(count);
    Kernel largest = programs.kernel(CLIP, "largestMagnitude");
    largest.index(count).tensor(gradients).memory(scratch.maxima()).launchGroups(groups, lanes);
    Kernel squares = programs.kernel(CLIP, "sumOfScaledSquares");
    squares.index(count).tensor(gradients).memory(scratch.maxima()).memory(scratch.partials());
    squares.launchGroups(groups, lanes);
    Kernel factor = programs.kernel(CLIP, "clippingFactor");
    factor.integer(groups).memory(scratch.maxima()).memory(scratch.partials()).real(maxNorm);
    factor.tensor(norm).memory(scratch.factor()).launchGroups(1, lanes);
    Kernel scale = programs.kernel(CLIP, "scaleByFactor");
    scale.index(count).memory(scratch.factor()).tensor(gradients).launch(count);
  }

  void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    int rows = matrix.dimension(0);
    int columns = matrix.dimension(1);
    Kernel kernel = programs.kernel("sum-rows.cl", "sumRows").integer(rows).integer(columns);
    kernel.tensor(matrix).flag(mode == WriteMode.ACCUMULATE).tensor(out);
    long across = Kernel.roundedUp(columns, COLUMNS_PER_GROUP);
    kernel.launch(across, rowLanes, COLUMNS_PER_GROUP, rowLanes);
  }
}
