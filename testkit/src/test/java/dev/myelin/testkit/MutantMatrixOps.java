package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;

/** Wrong products, reductions, gathers and layers. */
final class MutantMatrixOps {
  private MutantMatrixOps() {}

  /** A matmul that is wrong for some operands, and otherwise right. */
  private abstract static class WrongMatmul extends PlainOps {
    @Override
    public final void matmul(
        Tensor a,
        Transpose transposeA,
        Tensor b,
        Transpose transposeB,
        WriteMode mode,
        Tensor out) {
      wrong(a, transposeA, b, transposeB, mode, out);
    }

    final void right(
        Tensor a,
        Transpose transposeA,
        Tensor b,
        Transpose transposeB,
        WriteMode mode,
        Tensor out) {
      super.matmul(a, transposeA, b, transposeB, mode, out);
    }

    abstract void wrong(
        Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out);
  }

  /** A matmul whose operands are changed for its duration. */
  private abstract static class ChangedOperand extends WrongMatmul {
    @Override
    final void wrong(
        Tensor a,
        Transpose transposeA,
        Tensor b,
        Transpose transposeB,
        WriteMode mode,
        Tensor out) {
      float[] kept = new float[(int) a.elements()];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = at(a, i);
        put(a, i, changed(kept[i], i, transposeA == Transpose.NO ? a.columns() : a.rows(), a));
      }
      right(a, transposeA, b, transposeB, mode, out);
      for (int i = 0; i < kept.length; i++) {
        put(a, i, kept[i]);
      }
    }

    abstract float changed(float value, int i, int k, Tensor a);
  }

  static Ops ignoringAccumulate() {
    return new WrongMatmul() {
      @Override
      void wrong(Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
        right(a, ta, b, tb, WriteMode.OVERWRITE, out);
      }
    };
  }

  static Ops writingPastTheEnd() {
    return new WrongMatmul() {
      @Override
      void wrong(Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
        right(a, ta, b, tb, mode, out);
        int end = (int) (out.offset() + out.elements());
        if (out.columns() % 16 == 1 && end < out.buffer().elements()) {
          put(out, (int) out.elements(), 0);
        }
      }
    };
  }

  static Ops readingStaleOutput() {
    return new WrongMatmul() {
      @Override
      void wrong(Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
        if (mode == WriteMode.OVERWRITE) {
          scale(out, 0, out);
        }
        right(a, ta, b, tb, WriteMode.ACCUMULATE, out);
      }
    };
  }

  static Ops forgettingTheLastProduct() {
    return new ChangedOperand() {
      @Override
      float changed(float value, int i, int k, Tensor a) {
        boolean isLast = a.columns() == k && i % k == k - 1;
        return isLast && k % 16 == 1 && k > 1 ? 0 : value;
      }
    };
  }

  static Ops withTenBitMantissas() {
    return new ChangedOperand() {
      @Override
      float changed(float value, int i, int k, Tensor a) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) & ~0x1fff);
      }
    };
  }

  static Ops ignoringTransposedSquares() {
    return new WrongMatmul() {
      @Override
      void wrong(Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
        right(a, ta, b, b.rows() == b.columns() ? Transpose.NO : tb, mode, out);
      }
    };
  }

  static Ops saturatingInfinities() {
    return new ChangedOperand() {
      @Override
      float changed(float value, int i, int k, Tensor a) {
        return Float.isInfinite(value) ? Float.MAX_VALUE : value;
      }
    };
  }

  /** Adds nothing for a zero on the left, whatever it is multiplied with. */
  static Ops skippingZeros() {
    return new WrongMatmul() {
      @Override
      void wrong(Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
        right(a, ta, b, tb, mode, out);
        int n = out.columns();
        for (int i = 0; i < out.elements(); i++) {
          if (Float.isNaN(at(out, i)) && ta == Transpose.NO && at(a, i / n * a.columns()) == 0) {
            put(out, i, 0);
          }
        }
      }
    };
  }

  private abstract static class WrongSum extends PlainOps {
    @Override
    public final void sum(Tensor in, WriteMode mode, Tensor out) {
      float sum = mode == WriteMode.ACCUMULATE ? at(out, 0) : 0;
      put(out, 0, total(in, sum));
    }

    abstract float total(Tensor in, float sum);
  }

  static Ops readingPastTheEnd() {
    return new WrongSum() {
      @Override
      float total(Tensor in, float start) {
        float sum = start;
        for (int i = 0; i < (in.elements() + 3) / 4 * 4; i++) {
          sum += (i < in.elements() ? 1 : 0) * at(in, i);
        }
        return sum;
      }
    };
  }

  static Ops summingInHalfPrecision() {
    return new WrongSum() {
      @Override
      float total(Tensor in, float start) {
        float sum = start;
        for (int i = 0; i < in.elements(); i++) {
          sum = Float.intBitsToFloat(Float.floatToRawIntBits(sum + at(in, i)) & ~0x1fff);
        }
        return sum;
      }
    };
  }

  static Ops summingInChangingOrder() {
    return new WrongSum() {
      private int calls;

      @Override
      float total(Tensor in, float start) {
        calls++;
        int count = (int) in.elements();
        float sum = start;
        for (int i = 0; i < count; i++) {
          sum += at(in, calls % 2 == 0 ? i : count - 1 - i);
        }
        return sum;
      }
    };
  }

  static Ops countingInFloat() {
    return new PlainOps() {
      @Override
      public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
        int before = mode == WriteMode.ACCUMULATE ? intAt(count, 0) : 0;
        super.countEqual(a, b, WriteMode.OVERWRITE, count);
        float sum = before;
        for (int i = 0; i < intAt(count, 0); i++) {
          sum += 1;
        }
        putInt(count, 0, (int) sum);
      }
    };
  }

  private abstract static class WrongArgmax extends PlainOps {
    @Override
    public final void argmaxRows(Tensor matrix, Tensor out) {
      for (int i = 0; i < matrix.rows(); i++) {
        int best = 0;
        for (int j = 1; j < matrix.columns(); j++) {
          float value = at(matrix, i * matrix.columns() + j);
          if (isBetter(value, at(matrix, i * matrix.columns() + best))) {
            best = j;
          }
        }
        putInt(out, i, best);
      }
    }

    abstract boolean isBetter(float value, float best);
  }

  static Ops takingTheLastOfEquals() {
    return new WrongArgmax() {
      @Override
      boolean isBetter(float value, float best) {
        return value >= best || (Float.isNaN(value) && !Float.isNaN(best));
      }
    };
  }

  static Ops ignoringNotANumber() {
    return new WrongArgmax() {
      @Override
      boolean isBetter(float value, float best) {
        return value > best;
      }
    };
  }

  static Ops keepingTheMaximum() {
    return new PlainOps() {
      @Override
      public void softmax(Tensor logits, Tensor out) {
        int columns = logits.columns();
        for (int i = 0; i < logits.rows(); i++) {
          float sum = 0;
          for (int j = 0; j < columns; j++) {
            put(out, i * columns + j, (float) Math.exp(at(logits, i * columns + j)));
            sum += at(out, i * columns + j);
          }
          for (int j = 0; j < columns; j++) {
            put(out, i * columns + j, at(out, i * columns + j) / sum);
          }
        }
      }
    };
  }

  static Ops modifyingItsInput() {
    return new PlainOps() {
      @Override
      public void softmax(Tensor logits, Tensor out) {
        super.softmax(logits, out);
        copy(out, logits);
      }
    };
  }

  static Ops ignoringTheStart() {
    return new PlainOps() {
      @Override
      public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
        int kept = intAt(start, 0);
        putInt(start, 0, 0);
        super.gatherRows(source, indices, start, out);
        putInt(start, 0, kept);
      }
    };
  }

  static Ops ignoringBias() {
    return new PlainOps() {
      @Override
      public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
        super.linear(x, w, null, f, z, y);
      }
    };
  }

  static Ops keepingYAsZ() {
    return new PlainOps() {
      @Override
      public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
        super.linear(x, w, bias, f, z, y);
        if (z != null) {
          copy(y, z);
        }
      }
    };
  }

  static Ops overwritingBiasGradients() {
    return new PlainOps() {
      @Override
      public void linearParameterGradients(
          Tensor x, Tensor dZ, WriteMode mode, Tensor dW, Tensor dBias) {
        super.linearParameterGradients(x, dZ, mode, dW, null);
        if (dBias != null) {
          sumRows(dZ, WriteMode.OVERWRITE, dBias);
        }
      }
    };
  }

  static Ops forgettingTheDerivative() {
    return new PlainOps() {
      @Override
      public void linearInputGradient(
          Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
        super.linearInputGradient(dZ, w, Activation.IDENTITY, null, null, dX);
      }
    };
  }
}
