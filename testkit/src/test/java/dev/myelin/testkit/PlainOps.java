package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.random.Philox;

/** Every operation as its definition says, in float32 loops. */
class PlainOps implements Ops {
  static float at(Tensor tensor, int i) {
    return Float.intBitsToFloat(intAt(tensor, i));
  }

  static int intAt(Tensor tensor, int i) {
    return ((PlainBuffer) tensor.buffer()).bits[(int) tensor.offset() + i];
  }

  static void put(Tensor tensor, int i, float value) {
    putInt(tensor, i, Float.floatToRawIntBits(value));
  }

  static void putInt(Tensor tensor, int i, int value) {
    ((PlainBuffer) tensor.buffer()).bits[(int) tensor.offset() + i] = value;
  }

  private static float before(WriteMode mode, Tensor out, int i) {
    return mode == WriteMode.ACCUMULATE ? at(out, i) : 0;
  }

  private interface Map {
    float of(int i);
  }

  private static void each(Tensor out, Map map) {
    for (int i = 0; i < out.elements(); i++) {
      put(out, i, map.of(i));
    }
  }

  @Override
  public void fill(float value, Tensor out) {
    each(out, i -> value);
  }

  @Override
  public void copy(Tensor in, Tensor out) {
    for (int i = 0; i < out.elements(); i++) {
      putInt(out, i, intAt(in, i));
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    if (out.type() == dev.myelin.DType.F32) {
      each(out, i -> at(a, i) + at(b, i));
      return;
    }
    for (int i = 0; i < out.elements(); i++) {
      putInt(out, i, intAt(a, i) + intAt(b, i));
    }
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    each(out, i -> at(a, i) - at(b, i));
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    each(out, i -> at(a, i) * at(b, i));
  }

  @Override
  public void scale(Tensor in, float factor, Tensor out) {
    each(out, i -> factor * at(in, i));
  }

  @Override
  public void addBias(Tensor matrix, Tensor bias, Tensor out) {
    each(out, i -> at(matrix, i) + at(bias, i % matrix.columns()));
  }

  @Override
  public void activate(Activation f, Tensor z, Tensor y) {
    each(y, i -> PlainFunctions.activation(f, at(z, i)));
  }

  @Override
  public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
    each(
        dZ,
        i ->
            at(dY, i)
                * switch (f.derivativeReads()) {
                  case NOTHING -> 1;
                  case INPUT -> PlainFunctions.derivative(f, at(z, i));
                  case OUTPUT -> PlainFunctions.derivative(f, at(y, i));
                });
  }

  @Override
  public void maxout(int pieces, Tensor z, Tensor y) {
    each(y, i -> at(z, pieceTaken(pieces, z, y.columns(), i)));
  }

  @Override
  public void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ) {
    each(dZ, i -> 0);
    for (int i = 0; i < dY.elements(); i++) {
      put(dZ, pieceTaken(pieces, z, dY.columns(), i), at(dY, i));
    }
  }

  /** The index in z of what {@link #maxout} takes for element i of y. */
  int pieceTaken(int pieces, Tensor z, int columns, int i) {
    int first = i / columns * pieces * columns + i % columns;
    int taken = first;
    for (int q = first + columns; q < first + pieces * columns; q += columns) {
      boolean isLarger = at(z, q) > at(z, taken);
      if (isLarger || (Float.isNaN(at(z, q)) && !Float.isNaN(at(z, taken)))) {
        taken = q;
      }
    }
    return taken;
  }

  @Override
  public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
    int[] words = new int[4];
    each(
        y,
        i -> {
          Philox.block(seed, i / 4, intAt(step, 0), stream, 0, words);
          boolean dropped = Integer.toUnsignedLong(words[i % 4]) < rate * 0x1p32;
          return dropped ? 0 : at(x, i) / (1 - rate);
        });
  }

  @Override
  public void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    int m = out.rows();
    int n = out.columns();
    int k = transposeA == Transpose.NO ? a.columns() : a.rows();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = before(mode, out, i * n + j);
        for (int p = 0; p < k; p++) {
          sum +=
              at(a, transposeA == Transpose.NO ? i * k + p : p * m + i)
                  * at(b, transposeB == Transpose.NO ? p * n + j : j * k + p);
        }
        put(out, i * n + j, sum);
      }
    }
  }

  @Override
  public void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    int columns = matrix.columns();
    each(
        out,
        j -> {
          float sum = before(mode, out, j);
          for (int i = 0; i < matrix.rows(); i++) {
            sum += at(matrix, i * columns + j);
          }
          return sum;
        });
  }

  @Override
  public void sum(Tensor in, WriteMode mode, Tensor out) {
    float sum = before(mode, out, 0);
    for (int i = 0; i < in.elements(); i++) {
      sum += at(in, i);
    }
    put(out, 0, sum);
  }

  private static float rowMaximum(Tensor matrix, int row) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < matrix.columns(); j++) {
      largest = Math.max(largest, at(matrix, row * matrix.columns() + j));
    }
    return largest;
  }

  private static float exp(float x) {
    return (float) Math.exp(x);
  }

  @Override
  public void softmax(Tensor logits, Tensor out) {
    int columns = logits.columns();
    for (int i = 0; i < logits.rows(); i++) {
      float largest = rowMaximum(logits, i);
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float power = exp(at(logits, i * columns + j) - largest);
        sum += power;
        put(out, i * columns + j, power);
      }
      for (int j = 0; j < columns; j++) {
        put(out, i * columns + j, at(out, i * columns + j) / sum);
      }
    }
  }

  @Override
  public void argmaxRows(Tensor matrix, Tensor out) {
    int columns = matrix.columns();
    for (int i = 0; i < matrix.rows(); i++) {
      float largest = rowMaximum(matrix, i);
      for (int j = columns - 1; j >= 0; j--) {
        float value = at(matrix, i * columns + j);
        if (value == largest || (Float.isNaN(value) && Float.isNaN(largest))) {
          putInt(out, i, j);
        }
      }
    }
  }

  @Override
  public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    int equal = mode == WriteMode.ACCUMULATE ? intAt(count, 0) : 0;
    for (int i = 0; i < a.elements(); i++) {
      equal += intAt(a, i) == intAt(b, i) ? 1 : 0;
    }
    putInt(count, 0, equal);
  }

  @Override
  public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
    int columns = source.columns();
    for (int i = 0; i < out.elements(); i++) {
      int row = intAt(indices, intAt(start, 0) + i / columns);
      putInt(out, i, intAt(source, row * columns + i % columns));
    }
  }

  @Override
  public void selectRow(Tensor table, Tensor row, Tensor out) {
    each(out, j -> at(table, intAt(row, 0) * table.columns() + j));
  }

  @Override
  public void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient) {
    softmax(logits, logitGradient);
    int classes = logits.columns();
    for (int i = 0; i < logits.rows(); i++) {
      float largest = rowMaximum(logits, i);
      float sum = 0;
      float weighted = 0;
      for (int j = 0; j < classes; j++) {
        int at = i * classes + j;
        float shifted = at(logits, at) - largest;
        float target = labelSmoothing / classes;
        target += intAt(labels, i) == j ? 1 - labelSmoothing : 0;
        sum += exp(shifted);
        weighted += target == 0 ? 0 : target * shifted;
        put(logitGradient, at, gradientScale * (at(logitGradient, at) - target));
      }
      put(rowLosses, i, (float) Math.log(sum) - weighted);
    }
  }

  @Override
  public void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient) {
    int columns = prediction.columns();
    each(
        rowLosses,
        i -> {
          float sum = 0;
          for (int j = 0; j < columns; j++) {
            int at = i * columns + j;
            sum += PlainFunctions.loss(loss, at(prediction, at), at(target, at));
          }
          return sum;
        });
    each(
        gradient,
        i -> gradientScale * PlainFunctions.lossDerivative(loss, at(prediction, i), at(target, i)));
  }

  @Override
  public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    double squares = 0;
    for (int i = 0; i < gradients.elements(); i++) {
      squares += (double) at(gradients, i) * at(gradients, i);
    }
    float root = (float) Math.sqrt(squares);
    put(norm, 0, root);
    float factor = Float.isFinite(root) ? Math.min(1, maxNorm / (root + 1e-6f)) : Float.NaN;
    each(gradients, i -> factor * at(gradients, i));
  }

  @Override
  public void sgd(
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor velocity,
      Tensor parameters) {
    each(
        parameters,
        i -> {
          float p = at(parameters, i);
          float gradient = at(gradients, i) + weightDecay * p;
          if (momentum == 0) {
            return p - at(rates, 0) * gradient;
          }
          float v = momentum * at(velocity, i) + gradient;
          put(velocity, i, v);
          return p - at(rates, 0) * (nesterov ? gradient + momentum * v : v);
        });
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    each(
        parameters,
        i -> {
          float p = at(parameters, i);
          float gradient = at(gradients, i) + weightDecay * p;
          float s = at(squares, i) + gradient * gradient;
          put(squares, i, s);
          return p - at(rates, 0) * gradient / ((float) Math.sqrt(s) + epsilon);
        });
  }

  @Override
  public void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    each(
        parameters,
        i -> {
          float p = at(parameters, i);
          float gradient = at(gradients, i) + weightDecay * p;
          float s = alpha * at(squares, i) + (1 - alpha) * gradient * gradient;
          put(squares, i, s);
          return p - at(rates, 0) * gradient / ((float) Math.sqrt(s) + epsilon);
        });
  }

  @Override
  public void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      Tensor rates,
      Tensor gradients,
      Tensor firstMoments,
      Tensor secondMoments,
      Tensor parameters) {
    float rate = at(rates, 0);
    each(
        parameters,
        i -> {
          float p = at(parameters, i);
          float gradient = at(gradients, i) + (decoupledDecay ? 0 : weightDecay * p);
          float m = beta1 * at(firstMoments, i) + (1 - beta1) * gradient;
          float v = beta2 * at(secondMoments, i) + (1 - beta2) * gradient * gradient;
          put(firstMoments, i, m);
          put(secondMoments, i, v);
          float decayed = decoupledDecay ? p - rate * weightDecay * p : p;
          float divisor = (float) Math.sqrt(v) * at(rates, 2) + epsilon;
          return decayed - rate * (m * at(rates, 1)) / divisor;
        });
  }
}
