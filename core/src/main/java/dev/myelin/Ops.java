package dev.myelin;

/**
 * The operations of a device. Inputs come first and outputs last; every call is asynchronous and in
 * order.
 *
 * <p>Three rules make a whole training step capturable ({@link Backend#capture}): operations
 * allocate nothing, they read nothing back, and what changes from step to step (learning rate, row
 * indices, counters) lies in small device tensors.
 *
 * <p>Outputs may not share memory with inputs or with each other, with one exception: an operation
 * that says "in place allowed" accepts the very same tensor (not a part of it, not a shifted view)
 * as input and output.
 *
 * <p>All tensors are F32 unless it says otherwise. Matrices are [rows, columns]; an operation on
 * "any shape" asks only that its tensors have the same number of elements. Empty tensors are
 * allowed everywhere, but for rows without columns in {@link #argmaxRows}.
 *
 * <p>Subnormal numbers (below 2^-126 in size) are kept, to the bit, by copies, sums, differences
 * and products and by what is made of these (matmul, sumRows, scale, addBias, relu, plain SGD), as
 * operands and as results: by the CPU, by CUDA, and by OpenCL devices that say CL_FP_DENORM. Other
 * OpenCL devices may take such an operand or result for 0. A quotient, root, exponential or other
 * function whose result is subnormal may give 0, on any device: it is right within 2^-126, so that
 * sigmoid(-100) or the softmax of a logit 100 below the largest is 3.7e-44 or 0. Infinities and NaN
 * follow IEEE 754 where an operation does not say otherwise.
 *
 * <p>Every operation throws {@link ShapeMismatchException} when shapes do not fit and {@link
 * IllegalArgumentException} for a choice that is null, a wrong element type, a tensor of another
 * backend or shared memory, all before any device work; and {@link IllegalStateException} for a
 * tensor whose arena is closed, as {@link ConcurrentUseException} while another thread is using the
 * device.
 */
public interface Ops {

  // ---- Elementwise
  // -------------------------------------------------------------------------------------------------

  /** out[i] = value. Any shape. */
  void fill(float value, Tensor out);

  /** out[i] = in[i]. Any shape, F32 or I32. */
  void copy(Tensor in, Tensor out);

  /** out[i] = a[i] + b[i]. Any shape, F32, or I32 with wrap-around. In place allowed. */
  void add(Tensor a, Tensor b, Tensor out);

  /** out[i] = a[i] - b[i]. Any shape. In place allowed. */
  void subtract(Tensor a, Tensor b, Tensor out);

  /** out[i] = a[i] b[i]. Any shape. In place allowed. */
  void multiply(Tensor a, Tensor b, Tensor out);

  /** out[i] = factor in[i]. Any shape. In place allowed. */
  void scale(Tensor in, float factor, Tensor out);

  /**
   * out[i, j] = matrix[i, j] + bias[j]. In place allowed on the matrix.
   *
   * @param bias [columns]
   */
  void addBias(Tensor matrix, Tensor bias, Tensor out);

  /**
   * y = f(z), element by element. Any shape. In place allowed. NaN gives NaN.
   *
   * @param f any but maxout, here and in all other operations: see {@link #maxout}
   */
  void activate(Activation f, Tensor z, Tensor y);

  /**
   * dZ = dY f'(z), element by element: the chain rule through an activation. Any shape. In place
   * allowed from dY to dZ.
   *
   * @param z the pre-activation; null unless {@link Activation#derivativeReads} says INPUT
   * @param y the activation f(z); null unless {@link Activation#derivativeReads} says OUTPUT
   */
  void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ);

  /**
   * y[i, j] = the largest of z[i, q outputs + j] for q in [0, pieces). A NaN counts as larger than
   * any number, so that it is seen.
   *
   * <p>Source: Goodfellow et al., "Maxout Networks", ICML 2013.
   *
   * @param pieces at least 1
   * @param z [batch, pieces outputs]
   * @param y [batch, outputs]
   */
  void maxout(int pieces, Tensor z, Tensor y);

  /**
   * dZ[i, q outputs + j] = dY[i, j] for the piece q that {@link #maxout} takes, the first one of
   * equals; 0 for the others.
   *
   * @param pieces at least 1
   * @param z [batch, pieces outputs]
   * @param dY [batch, outputs]
   * @param dZ [batch, pieces outputs]
   */
  void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ);

  /**
   * Inverted dropout: y[i] = x[i] / (1 - rate) with probability 1 - rate, else 0. The gradient is
   * the same operation on dY with the same seed, stream and step, so no mask is kept. Any shape. In
   * place allowed.
   *
   * <p>Element i is dropped when word i mod 4 of {@link dev.myelin.random.Philox#block} (seed; i
   * div 4, step[0], stream, 0), as an unsigned number, is below rate 2^32.
   *
   * <p>Source: Srivastava et al., "Dropout", JMLR 2014.
   *
   * @param rate the probability to drop, in [0, 1)
   * @param stream tells the places of a network apart that drop in the same step
   * @param step I32 [1]
   */
  void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y);

  // ---- Matrices
  // ----------------------------------------------------------------------------------------------------

  /**
   * out = op(a) op(b), or out += op(a) op(b): op(a) is [m, k], op(b) [k, n], out [m, n]. For k = 0
   * the product is zero.
   *
   * <p>Each element is off the exact value by at most c k eps sum |a_i b_i|.
   */
  void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out);

  /**
   * out[j] = sum over i of matrix[i, j], or added to out[j].
   *
   * @param out [columns]
   */
  void sumRows(Tensor matrix, WriteMode mode, Tensor out);

  /**
   * out[0] = sum of all elements, or added to out[0]. Any shape.
   *
   * @param out [1]
   */
  void sum(Tensor in, WriteMode mode, Tensor out);

  /**
   * out[i] = softmax(logits[i]), row by row; the row's maximum is subtracted first. In place
   * allowed.
   */
  void softmax(Tensor logits, Tensor out);

  /**
   * out[i] = the column of the largest element of row i, the first one of equals. A NaN counts as
   * larger than any number, so that it is seen.
   *
   * @param matrix [rows, columns], at least one column
   * @param out I32 [rows]
   */
  void argmaxRows(Tensor matrix, Tensor out);

  /**
   * count[0] = how many i have a[i] = b[i], or added to count[0].
   *
   * @param a I32, any shape
   * @param b I32, as many elements
   * @param count I32 [1]
   */
  void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count);

  /**
   * out[i] = source[indices[start[0] + i]], row by row: the mini-batch that begins at start[0] of a
   * shuffled epoch.
   *
   * @param source [samples, ...], F32 or I32
   * @param indices I32 [any length], each in [0, samples); the host that uploads them answers for
   *     that
   * @param start I32 [1], start[0] + batch at most the length of indices; likewise
   * @param out [batch, ...] of the source's type, rows as long as the source's
   */
  void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out);

  /**
   * out = table[row[0]]: the values of this step from a table uploaded once an epoch.
   *
   * @param table [rows, columns]
   * @param row I32 [1], in [0, rows); the host that counts answers for that
   * @param out [columns]
   */
  void selectRow(Tensor table, Tensor row, Tensor out);

  // ---- Losses
  // ------------------------------------------------------------------------------------------------------

  /**
   * Cross-entropy of softmax(logits) against smoothed labels, and its gradient, in one pass. With q
   * = (1 - smoothing) oneHot(label) + smoothing / classes:
   *
   * <p>rowLosses[i] = logSumExp(logits[i]) - sum over j of q[j] logits[i, j], in nats;
   * logitGradient = gradientScale (softmax(logits) - q). The row's maximum is subtracted first, so
   * large logits do not overflow.
   *
   * @param logits [batch, classes]
   * @param labels I32 [batch], each in [0, classes); checked on the host when the data set is
   *     loaded
   * @param labelSmoothing in [0, 1]
   * @param gradientScale 1 / batch for the gradient of the batch's mean
   * @param rowLosses [batch], not scaled
   * @param logitGradient [batch, classes]
   */
  void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient);

  /**
   * An elementwise loss and its gradient in one pass: rowLosses[i] = sum over j of l(prediction[i,
   * j], target[i, j]); gradient = gradientScale dl/dp.
   *
   * @param prediction [batch, outputs]
   * @param target [batch, outputs]
   * @param gradientScale 1 / (batch outputs) for the gradient of the mean
   * @param rowLosses [batch], not scaled
   * @param gradient [batch, outputs]
   */
  void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient);

  // ---- Optimizers: one launch over a model's whole parameter block
  // ------------------------------------------------

  /**
   * norm[0] = the Euclidean norm of all elements; then gradients *= min(1, maxNorm / (norm +
   * 1e-6)), in place. A norm that is NaN or infinite makes every gradient NaN, so that it is seen.
   *
   * <p>Source: PyTorch's clip_grad_norm_, which turns finite gradients to 0 under an infinite norm.
   *
   * @param gradients any shape, modified
   * @param norm [1], the norm before clipping
   */
  void clipByNorm(Tensor gradients, float maxNorm, Tensor norm);

  /**
   * Stochastic gradient descent with momentum, as PyTorch's SGD. With g' = g + weightDecay p:
   * without momentum p -= lr g'; with momentum v = momentum v + g', then p -= lr v, or with
   * Nesterov's p -= lr (g' + momentum v).
   *
   * @param rates [3]: the learning rate first; the others are not read
   * @param velocity as many elements as the parameters, updated; null when momentum is 0
   * @param parameters updated
   */
  void sgd(
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor velocity,
      Tensor parameters);

  /**
   * Adagrad: g' = g + weightDecay p; s += g'^2; p -= lr g' / (sqrt(s) + epsilon). Source: Duchi,
   * Hazan, Singer, 2011.
   *
   * @param rates [3]: the learning rate first; the others are not read
   * @param squares s, updated
   * @param parameters updated
   */
  void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters);

  /**
   * RMSprop: g' = g + weightDecay p; s = alpha s + (1 - alpha) g'^2; p -= lr g' / (sqrt(s) +
   * epsilon). Source: Hinton's lecture 6e, 2012.
   *
   * @param rates [3]: the learning rate first; the others are not read
   * @param squares s, updated
   * @param parameters updated
   */
  void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters);

  /**
   * Adam, or AdamW when the decay is decoupled. Adam: g' = g + weightDecay p; AdamW: p -= lr
   * weightDecay p first, and g' = g. Then m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 - beta2)
   * g'^2; p -= lr (m c1) / (sqrt(v) c2 + epsilon).
   *
   * <p>Source: Kingma and Ba, 2015; Loshchilov and Hutter, 2019.
   *
   * @param rates [3]: lr, c1 = 1 / (1 - beta1^t), c2 = 1 / sqrt(1 - beta2^t), t counting steps from
   *     1
   * @param firstMoments m, updated
   * @param secondMoments v, updated
   * @param parameters updated
   */
  void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      Tensor rates,
      Tensor gradients,
      Tensor firstMoments,
      Tensor secondMoments,
      Tensor parameters);

  // ---- Fused: a backend overrides these only where one kernel beats the composition
  // -------------------------------

  /**
   * The fully connected layer y = f(z), z = x w^T + bias.
   *
   * @param x [batch, in]
   * @param w [out, in]: a row is a neuron
   * @param bias [out], or null for none
   * @param z [batch, out], or null when the pre-activation is not wanted
   * @param y [batch, out]
   */
  default void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
    Tensor preActivation = z == null ? y : z;
    matmul(x, Transpose.NO, w, Transpose.YES, WriteMode.OVERWRITE, preActivation);
    if (bias != null) {
      addBias(preActivation, bias, preActivation);
    }
    if (z != null || f.kind() != Activation.Kind.IDENTITY) {
      activate(f, preActivation, y);
    }
  }

  /**
   * The gradient that a layer hands to the layer below, through that layer's activation: dX = (dZ
   * w) f'(z).
   *
   * @param dZ [batch, out]
   * @param w [out, in]
   * @param f the activation that made this layer's input; IDENTITY when nothing did
   * @param z [batch, in], the pre-activation of f; null unless {@link Activation#derivativeReads}
   *     says INPUT
   * @param y [batch, in], this layer's input; null unless {@link Activation#derivativeReads} says
   *     OUTPUT
   * @param dX [batch, in]
   */
  default void linearInputGradient(
      Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
    matmul(dZ, Transpose.NO, w, Transpose.NO, WriteMode.OVERWRITE, dX);
    if (f.kind() != Activation.Kind.IDENTITY) {
      activationGradient(f, z, y, dX, dX);
    }
  }

  /**
   * The gradients of a layer's parameters: dW = dZ^T x, dBias[j] = sum over i of dZ[i, j]; or added
   * to them.
   *
   * @param x [batch, in]
   * @param dZ [batch, out]
   * @param dW [out, in]
   * @param dBias [out], or null for none
   */
  default void linearParameterGradients(
      Tensor x, Tensor dZ, WriteMode mode, Tensor dW, Tensor dBias) {
    matmul(dZ, Transpose.YES, x, Transpose.NO, mode, dW);
    if (dBias != null) {
      sumRows(dZ, mode, dBias);
    }
  }
}
