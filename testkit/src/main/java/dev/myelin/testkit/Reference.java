package dev.myelin.testkit;

import static dev.myelin.testkit.Bounded.exact;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import dev.myelin.Precision;
import dev.myelin.Transpose;
import dev.myelin.random.Philox;
import java.util.Arrays;

/**
 * What the operations of {@link dev.myelin.Ops} give, in plain float64 loops, with derived bounds.
 * Arrays are row-major; {@code initial} is what an output held before, or null for OVERWRITE.
 */
public final class Reference {
  private Reference() {}

  /** out = op(a) op(b), or initial + op(a) op(b). */
  public static Expected matmul(
      float[] a,
      Transpose transposeA,
      float[] b,
      Transpose transposeB,
      int m,
      int n,
      int k,
      float[] initial) {
    return matmul(Precision.F32, a, transposeA, b, transposeB, m, n, k, initial);
  }

  /**
   * out = op(a) op(b), or initial + op(a) op(b), of operands that are rounded as the precision
   * says.
   */
  public static Expected matmul(
      Precision precision,
      float[] a,
      Transpose transposeA,
      float[] b,
      Transpose transposeB,
      int m,
      int n,
      int k,
      float[] initial) {
    double[] values = new double[m * n];
    double[] bounds = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = initial == null ? 0 : initial[i * n + j];
        double magnitude = Math.abs(sum);
        for (int p = 0; p < k; p++) {
          double left = precision.round(transposeA == Transpose.NO ? a[i * k + p] : a[p * m + i]);
          double right = precision.round(transposeB == Transpose.NO ? b[p * n + j] : b[j * k + p]);
          sum += left * right;
          magnitude += Math.abs(left * right);
        }
        values[i * n + j] = sum;
        bounds[i * n + j] =
            precision == Precision.F32
                ? Bounded.dotError(k, magnitude)
                : Bounded.tensorCoreDotError(k, magnitude);
      }
    }
    return new Expected(values, bounds);
  }

  /** out[j] = sum over i of matrix[i, j]. */
  public static Expected sumRows(float[] matrix, int rows, int columns, float[] initial) {
    Bounded[] sums = new Bounded[columns];
    for (int j = 0; j < columns; j++) {
      Bounded[] terms = new Bounded[rows + 1];
      for (int i = 0; i < rows; i++) {
        terms[i] = exact(matrix[i * columns + j]);
      }
      terms[rows] = exact(initial == null ? 0 : initial[j]);
      sums[j] = Bounded.sum(terms);
    }
    return Expected.of(sums);
  }

  /** The sum of all elements. */
  public static Expected sum(float[] in, float[] initial) {
    return sumRows(in, in.length, 1, initial);
  }

  /** y = f(z), element by element. */
  public static Expected activate(Activation f, float[] z) {
    return Expected.of(activate(f, exact(z)));
  }

  static Bounded[] activate(Activation f, Bounded[] z) {
    return Arrays.stream(z)
        .map(element -> ReferenceFunctions.activation(f, element))
        .toArray(Bounded[]::new);
  }

  /**
   * dZ = dY f'(z).
   *
   * @param read z or y, whichever {@link Activation#derivativeReads} says; null for neither
   */
  public static Expected activationGradient(Activation f, float[] read, float[] dY) {
    return Expected.of(activationGradient(f, read, exact(dY)));
  }

  private static Bounded[] activationGradient(Activation f, float[] read, Bounded[] dY) {
    Bounded[] result = new Bounded[dY.length];
    for (int i = 0; i < result.length; i++) {
      Bounded derivative =
          ReferenceFunctions.derivative(f, exact(read == null ? Double.NaN : read[i]));
      result[i] = dY[i].times(derivative);
    }
    return result;
  }

  /** y[i, j] = the largest of z[i, q columns + j], NaN when one is. */
  public static Expected maxout(int pieces, float[] z, int rows, int columns) {
    double[] y = new double[rows * columns];
    for (int i = 0; i < y.length; i++) {
      y[i] = z[pieceTaken(pieces, z, columns, i) * columns + pieceStart(pieces, columns, i)];
    }
    return new Expected(y, new double[y.length]);
  }

  /** dZ = dY in the piece that is the largest, the first of equals, else 0. */
  public static Expected maxoutGradient(int pieces, float[] z, float[] dY, int rows, int columns) {
    double[] dZ = new double[rows * pieces * columns];
    for (int i = 0; i < rows * columns; i++) {
      dZ[pieceTaken(pieces, z, columns, i) * columns + pieceStart(pieces, columns, i)] = dY[i];
    }
    return new Expected(dZ, new double[dZ.length]);
  }

  /** Where the first piece of element i, counted in y, lies in z. */
  private static int pieceStart(int pieces, int columns, int i) {
    return i / columns * pieces * columns + i % columns;
  }

  private static int pieceTaken(int pieces, float[] z, int columns, int i) {
    int first = pieceStart(pieces, columns, i);
    int taken = 0;
    for (int q = 1; q < pieces; q++) {
      float best = z[first + taken * columns];
      float piece = z[first + q * columns];
      // Not Float.compare alone: -0 and 0 are equal.
      if (best != piece && Float.compare(piece, best) > 0) {
        taken = q;
      }
    }
    return taken;
  }

  /** Whether dropout keeps element i; see {@link dev.myelin.Ops#dropout}. */
  public static boolean keeps(int i, float rate, long seed, int stream, int step) {
    int[] words = new int[4];
    Philox.block(seed, i / 4, step, stream, 0, words);
    return Integer.toUnsignedLong(words[i % 4]) >= rate * 0x1p32;
  }

  /** Inverted dropout. */
  public static Expected dropout(float[] x, float rate, long seed, int stream, int step) {
    Bounded[] result = new Bounded[x.length];
    Bounded share = Bounded.ONE.minus(exact(rate));
    for (int i = 0; i < x.length; i++) {
      result[i] = keeps(i, rate, seed, stream, step) ? exact(x[i]).over(share) : Bounded.ZERO;
    }
    return Expected.of(result);
  }

  /** Softmax, row by row. */
  public static Expected softmax(float[] logits, int rows, int columns) {
    Bounded[] result = new Bounded[rows * columns];
    for (int i = 0; i < rows; i++) {
      Bounded[] row = softmax(exact(row(logits, i, columns)));
      System.arraycopy(row, 0, result, i * columns, columns);
    }
    return Expected.of(result);
  }

  /** The softmax of one row. */
  static Bounded[] softmax(Bounded[] logits) {
    Bounded[] powers = powers(logits, largest(logits));
    Bounded sum = Bounded.sum(powers);
    return Arrays.stream(powers).map(power -> power.over(sum)).toArray(Bounded[]::new);
  }

  private static Bounded largest(Bounded[] row) {
    return Arrays.stream(row).reduce(exact(Double.NEGATIVE_INFINITY), Bounded::max);
  }

  private static Bounded[] powers(Bounded[] logits, Bounded largest) {
    return Arrays.stream(logits).map(z -> z.minus(largest).exp()).toArray(Bounded[]::new);
  }

  /** The column of each row's largest element, the first of equals; NaN is larger than numbers. */
  public static int[] argmaxRows(float[] matrix, int rows, int columns) {
    int[] result = new int[rows];
    for (int i = 0; i < rows; i++) {
      float[] row = row(matrix, i, columns);
      for (int j = 1; j < columns; j++) {
        boolean larger = row[j] > row[result[i]] || Float.isNaN(row[j]);
        if (larger && !Float.isNaN(row[result[i]])) {
          result[i] = j;
        }
      }
    }
    return result;
  }

  /** The cross-entropy of one row; see {@link dev.myelin.Ops#softmaxCrossEntropy}. */
  static Bounded crossEntropy(Bounded[] logits, int label, float smoothing) {
    Bounded largest = largest(logits);
    Bounded logSum = Bounded.sum(powers(logits, largest)).log();
    Bounded[] targets = targets(logits.length, label, smoothing);
    Bounded[] shifted = Arrays.stream(logits).map(z -> z.minus(largest)).toArray(Bounded[]::new);
    Bounded asDefined = largest.plus(logSum).minus(Bounded.dot(targets, logits));
    Bounded afterShift = logSum.minus(Bounded.dot(targets, shifted));
    // A backend may use either form, so the bounds of both are granted.
    return new Bounded(afterShift.value(), asDefined.error() + afterShift.error());
  }

  /** The gradient of {@link #crossEntropy}, scaled. */
  static Bounded[] crossEntropyGradient(
      Bounded[] logits, int label, float smoothing, float gradientScale) {
    Bounded[] targets = targets(logits.length, label, smoothing);
    Bounded[] gradient = softmax(logits);
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] = gradient[j].minus(targets[j]).times(exact(gradientScale));
    }
    return gradient;
  }

  private static Bounded[] targets(int classes, int label, float smoothing) {
    Bounded share = exact(smoothing).over(exact(classes));
    Bounded[] targets = new Bounded[classes];
    Arrays.fill(targets, smoothing == 0 ? Bounded.ZERO : share);
    targets[label] = smoothing == 0 ? Bounded.ONE : Bounded.ONE.minus(exact(smoothing)).plus(share);
    return targets;
  }

  /** The row losses of {@link dev.myelin.Ops#softmaxCrossEntropy}. */
  public static Expected crossEntropy(float[] logits, int[] labels, int classes, float smoothing) {
    Bounded[] losses = new Bounded[labels.length];
    for (int i = 0; i < labels.length; i++) {
      losses[i] = crossEntropy(exact(row(logits, i, classes)), labels[i], smoothing);
    }
    return Expected.of(losses);
  }

  /** The gradient of {@link dev.myelin.Ops#softmaxCrossEntropy}. */
  public static Expected crossEntropyGradient(
      float[] logits, int[] labels, int classes, float smoothing, float gradientScale) {
    Bounded[] result = new Bounded[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      Bounded[] row = exact(row(logits, i, classes));
      Bounded[] gradient = crossEntropyGradient(row, labels[i], smoothing, gradientScale);
      System.arraycopy(gradient, 0, result, i * classes, classes);
    }
    return Expected.of(result);
  }

  /** The row losses of {@link dev.myelin.Ops#elementLoss}. */
  public static Expected elementLoss(
      ElementLoss loss, float[] prediction, float[] target, int rows, int columns) {
    Bounded[] losses = new Bounded[rows];
    for (int i = 0; i < rows; i++) {
      Bounded[] terms = new Bounded[columns];
      for (int j = 0; j < columns; j++) {
        int at = i * columns + j;
        terms[j] = ReferenceFunctions.loss(loss, exact(prediction[at]), exact(target[at]));
      }
      losses[i] = Bounded.sum(terms);
    }
    return Expected.of(losses);
  }

  /** The gradient of {@link dev.myelin.Ops#elementLoss}. */
  public static Expected elementLossGradient(
      ElementLoss loss, float[] prediction, float[] target, float gradientScale) {
    Bounded[] gradient = new Bounded[prediction.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] =
          ReferenceFunctions.lossDerivative(loss, exact(prediction[i]), exact(target[i]))
              .times(exact(gradientScale));
    }
    return Expected.of(gradient);
  }

  /** z = x w^T + bias, as bounded values, for {@link dev.myelin.Ops#linear}. */
  static Bounded[] linear(
      Precision precision, float[] x, float[] w, float[] bias, int batch, int in, int out) {
    Bounded[] z =
        bounded(matmul(precision, x, Transpose.NO, w, Transpose.YES, batch, out, in, null));
    for (int i = 0; bias != null && i < z.length; i++) {
      z[i] = z[i].plus(exact(bias[i % out]));
    }
    return z;
  }

  /** dX = (dZ w) f'(z); see {@link dev.myelin.Ops#linearInputGradient}. */
  public static Expected linearInputGradient(
      Precision precision,
      float[] dZ,
      float[] w,
      Activation f,
      float[] read,
      int batch,
      int in,
      int out) {
    Bounded[] dX =
        bounded(matmul(precision, dZ, Transpose.NO, w, Transpose.NO, batch, in, out, null));
    return Expected.of(f.kind() == Activation.Kind.IDENTITY ? dX : activationGradient(f, read, dX));
  }

  private static Bounded[] bounded(Expected expected) {
    Bounded[] result = new Bounded[expected.values().length];
    for (int i = 0; i < result.length; i++) {
      result[i] = new Bounded(expected.values()[i], expected.bounds()[i]);
    }
    return result;
  }

  private static float[] row(float[] matrix, int row, int columns) {
    return Arrays.copyOfRange(matrix, row * columns, (row + 1) * columns);
  }
}
