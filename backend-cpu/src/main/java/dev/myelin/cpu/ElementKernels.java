package dev.myelin.cpu;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;

/**
 * The memory-bound work of the operations, on ranges of arrays: array, index of the first element,
 * number of elements. The formulas are those of {@link dev.myelin.Ops}.
 *
 * <p>Input and output may be the very same range where {@code Ops} allows in place. All
 * implementations give the same bits, element by element, wherever a range begins: so results
 * depend neither on the width of vectors nor on how work is split between threads.
 */
interface ElementKernels {

  void add(float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count);

  void add(int[] a, int aStart, int[] b, int bStart, int[] out, int outStart, int count);

  void subtract(float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count);

  void multiply(float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count);

  void scale(float[] in, int inStart, float factor, float[] out, int outStart, int count);

  void activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count);

  /**
   * dZ = dY f'.
   *
   * @param read z or y, as {@link Activation#derivativeReads} says; not read when it says NOTHING
   */
  void activationGradient(
      Activation f,
      float[] read,
      int readStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count);

  /**
   * y[j] = the largest of z[q columns + j], of one row; see {@link dev.myelin.Ops#maxout}.
   *
   * @param columns elements from one piece to the next
   * @param count how many j, at most columns
   */
  void maxout(int pieces, int columns, float[] z, int zStart, float[] y, int yStart, int count);

  /** dZ[q columns + j] = dY[j] for the piece that {@link #maxout} takes, else 0, of one row. */
  void maxoutGradient(
      int pieces,
      int columns,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count);

  /**
   * Inverted dropout.
   *
   * @param dropBelow words below this, as unsigned numbers, drop their element
   * @param keptScale what the other elements are multiplied by
   * @param firstBlock the block of random words of the first element; ranges begin at multiples of
   *     four
   */
  void dropout(
      float[] x,
      int xStart,
      int dropBelow,
      float keptScale,
      long seed,
      int stream,
      int step,
      int firstBlock,
      float[] y,
      int yStart,
      int count);

  /** The sum in float64: eight interleaved sums, then ((0+4)+(2+6)) + ((1+5)+(3+7)). */
  double sum(float[] in, int start, int count);

  /** The sum of squares, added up as {@link #sum} does; the squares are exact. */
  double sumOfSquares(float[] in, int start, int count);

  /**
   * sums[j] += sum over i of matrix[i, j], eight rows at a time: s + ((0+1)+(2+3)) + ((4+5)+(6+7)),
   * then the rows that are left, one by one.
   *
   * @param rowStride elements from one row to the next
   */
  void addRows(
      float[] matrix, int start, int rowStride, int rows, int columns, float[] sums, int sumsStart);

  /** The largest element, NaN if there is one, negative infinity if there are none. */
  float max(float[] in, int start, int count);

  int countEqual(int[] a, int aStart, int[] b, int bStart, int count);

  /** out = e^(in - shift), for a shift that no element exceeds. */
  void shiftedExp(float[] in, int inStart, float shift, float[] out, int outStart, int count);

  /**
   * Losses and their gradients, element by element.
   *
   * @param losses l(p, t), not scaled
   * @param gradient gradientScale dl/dp
   */
  void elementLoss(
      ElementLoss loss,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int count);

  void sgd(
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] parameters,
      int parametersStart,
      int count);

  void sgdWithMomentum(
      float momentum,
      boolean nesterov,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] velocity,
      int velocityStart,
      float[] parameters,
      int parametersStart,
      int count);

  void adagrad(
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count);

  void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count);

  /**
   * A step of Adam or AdamW.
   *
   * @param firstCorrection c1
   * @param secondCorrection c2
   */
  void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      float learningRate,
      float firstCorrection,
      float secondCorrection,
      float[] gradients,
      int gradientsStart,
      float[] firstMoments,
      int firstMomentsStart,
      float[] secondMoments,
      int secondMomentsStart,
      float[] parameters,
      int parametersStart,
      int count);
}
