package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Activation.Kind;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.random.Philox;

/** Wrong elementwise operations, losses and optimizers. */
final class MutantElementOps {
  private MutantElementOps() {}

  static Ops forgettingTheTail() {
    return new PlainOps() {
      @Override
      public void fill(float value, Tensor out) {
        for (int i = 0; i < out.elements() / 4 * 4; i++) {
          put(out, i, value);
        }
      }
    };
  }

  static Ops copyingThroughFloat() {
    return new PlainOps() {
      @Override
      public void copy(Tensor in, Tensor out) {
        for (int i = 0; i < out.elements(); i++) {
          putInt(out, i, (int) (float) intAt(in, i));
        }
      }
    };
  }

  static Ops biasByRow() {
    return new PlainOps() {
      @Override
      public void addBias(Tensor matrix, Tensor bias, Tensor out) {
        for (int i = 0; i < out.elements(); i++) {
          int wrong = i / matrix.columns() % matrix.columns();
          put(out, i, at(matrix, i) + at(bias, wrong));
        }
      }
    };
  }

  static Ops subtractBrokenInPlace() {
    return new PlainOps() {
      @Override
      public void subtract(Tensor a, Tensor b, Tensor out) {
        copy(a, out);
        for (int i = 0; i < out.elements(); i++) {
          put(out, i, at(out, i) - at(b, i));
        }
      }
    };
  }

  static Ops activateBrokenInPlace() {
    return new PlainOps() {
      @Override
      public void activate(Activation f, Tensor z, Tensor y) {
        fill(0, y);
        super.activate(f, z, y);
      }
    };
  }

  /** An activation whose elements of one kind are wrong. */
  private abstract static class WrongActivation extends PlainOps {
    private final Kind kind;

    WrongActivation(Kind kind) {
      this.kind = kind;
    }

    @Override
    public final void activate(Activation f, Tensor z, Tensor y) {
      if (f.kind() != kind) {
        super.activate(f, z, y);
        return;
      }
      for (int i = 0; i < y.elements(); i++) {
        put(y, i, wrong(at(z, i)));
      }
    }

    abstract float wrong(float z);
  }

  static Ops hidingNotANumber() {
    return new WrongActivation(Kind.RELU) {
      @Override
      float wrong(float z) {
        return z > 0 ? z : 0;
      }
    };
  }

  static Ops cancellingNearZero() {
    return new WrongActivation(Kind.TANH) {
      @Override
      float wrong(float z) {
        return 1 - 2 / (1 + (float) Math.exp(2 * z));
      }
    };
  }

  static Ops geluByTanh() {
    return new WrongActivation(Kind.GELU) {
      @Override
      float wrong(float z) {
        return PlainFunctions.activation(Activation.GELU_TANH, z);
      }
    };
  }

  static Ops sigmoidGradientOff() {
    return new PlainOps() {
      @Override
      public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
        super.activationGradient(f, z, y, dY, dZ);
        if (f.kind() == Kind.SIGMOID) {
          scale(dZ, 1 + 0x1p-19f, dZ);
        }
      }
    };
  }

  static Ops takingAnotherWord() {
    return new PlainOps() {
      @Override
      public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
        int[] words = new int[4];
        for (int i = 0; i < y.elements(); i++) {
          Philox.block(seed, i / 4, intAt(step, 0), stream, 0, words);
          boolean dropped = Integer.toUnsignedLong(words[3 - i % 4]) < rate * 0x1p32;
          put(y, i, dropped ? 0 : at(x, i) / (1 - rate));
        }
      }
    };
  }

  static Ops notScaling() {
    return new PlainOps() {
      @Override
      public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
        super.dropout(x, rate, seed, stream, step, y);
        scale(y, 1 - rate, y);
      }
    };
  }

  static Ops ignoringTheScale() {
    return new PlainOps() {
      @Override
      public void softmaxCrossEntropy(
          Tensor logits,
          Tensor labels,
          float smoothing,
          float scale,
          Tensor losses,
          Tensor gradient) {
        super.softmaxCrossEntropy(logits, labels, smoothing, 1, losses, gradient);
      }
    };
  }

  static Ops forgettingSmoothing() {
    return new PlainOps() {
      @Override
      public void softmaxCrossEntropy(
          Tensor logits,
          Tensor labels,
          float smoothing,
          float scale,
          Tensor losses,
          Tensor gradient) {
        super.softmaxCrossEntropy(logits, labels, 0, scale, losses, gradient);
      }
    };
  }

  static Ops huberHidingNotANumber() {
    return new PlainOps() {
      @Override
      public void elementLoss(
          ElementLoss loss, Tensor p, Tensor t, float scale, Tensor losses, Tensor gradient) {
        super.elementLoss(loss, p, t, scale, losses, gradient);
        for (int i = 0; loss.kind() == ElementLoss.Kind.HUBER && i < p.elements(); i++) {
          if (Float.isNaN(at(gradient, i))) {
            put(gradient, i, scale * loss.delta());
          }
        }
      }
    };
  }

  private abstract static class WrongAdam extends PlainOps {
    @Override
    public final void adam(
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
      float first = at(rates, 1);
      float second = at(rates, 2);
      if (!correctsBias()) {
        put(rates, 1, 1);
        put(rates, 2, 1);
      }
      super.adam(
          beta1,
          beta2,
          epsilon,
          weightDecay,
          decoupledDecay && decouples(),
          rates,
          gradients,
          firstMoments,
          secondMoments,
          parameters);
      put(rates, 1, first);
      put(rates, 2, second);
    }

    boolean correctsBias() {
      return true;
    }

    boolean decouples() {
      return true;
    }
  }

  static Ops withoutCorrection() {
    return new WrongAdam() {
      @Override
      boolean correctsBias() {
        return false;
      }
    };
  }

  static Ops couplingTheDecay() {
    return new WrongAdam() {
      @Override
      boolean decouples() {
        return false;
      }
    };
  }

  static Ops nesterovAsPlainMomentum() {
    return new PlainOps() {
      @Override
      public void sgd(
          float momentum,
          boolean nesterov,
          float weightDecay,
          Tensor rates,
          Tensor gradients,
          Tensor velocity,
          Tensor parameters) {
        super.sgd(momentum, false, weightDecay, rates, gradients, velocity, parameters);
      }
    };
  }

  static Ops clipScalingUp() {
    return new PlainOps() {
      @Override
      public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
        super.clipByNorm(gradients, maxNorm, norm);
        if (at(norm, 0) > 0 && at(norm, 0) < maxNorm) {
          scale(gradients, maxNorm / at(norm, 0), gradients);
        }
      }
    };
  }

  static Ops clipWithSquaresThatOverflow() {
    return new PlainOps() {
      @Override
      public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
        float squares = 0;
        for (int i = 0; i < gradients.elements(); i++) {
          squares += at(gradients, i) * at(gradients, i);
        }
        super.clipByNorm(gradients, maxNorm, norm);
        put(norm, 0, (float) Math.sqrt(squares));
      }
    };
  }

  static Ops firingAtZero() {
    return new PlainOps() {
      @Override
      public void activate(Activation f, Tensor z, Tensor y) {
        for (int i = 0; i < y.elements(); i++) {
          boolean isZero = f.kind() == Activation.Kind.STEP && at(z, i) == 0;
          put(y, i, isZero ? 1 : PlainFunctions.activation(f, at(z, i)));
        }
      }
    };
  }

  static Ops signHidingNotANumber() {
    return new PlainOps() {
      @Override
      public void activate(Activation f, Tensor z, Tensor y) {
        for (int i = 0; i < y.elements(); i++) {
          boolean isHidden = f.kind() == Activation.Kind.SIGN && Float.isNaN(at(z, i));
          put(y, i, isHidden ? -1 : PlainFunctions.activation(f, at(z, i)));
        }
      }
    };
  }

  static Ops takingTheLastPieceOfEquals() {
    return new PlainOps() {
      @Override
      int pieceTaken(int pieces, Tensor z, int columns, int i) {
        int taken = super.pieceTaken(pieces, z, columns, i);
        int end = (i / columns + 1) * pieces * columns;
        for (int q = taken + columns; q < end; q += columns) {
          if (at(z, q) == at(z, taken)) {
            taken = q;
          }
        }
        return taken;
      }
    };
  }

  static Ops maxoutHidingNotANumber() {
    return new PlainOps() {
      @Override
      int pieceTaken(int pieces, Tensor z, int columns, int i) {
        int taken = i / columns * pieces * columns + i % columns;
        for (int q = 1; q < pieces; q++) {
          int other = i / columns * pieces * columns + i % columns + q * columns;
          taken = at(z, other) > at(z, taken) ? other : taken;
        }
        return taken;
      }
    };
  }

  static Ops maxoutOfNeighbours() {
    return new PlainOps() {
      @Override
      int pieceTaken(int pieces, Tensor z, int columns, int i) {
        int taken = i * pieces;
        for (int q = taken + 1; q < (i + 1) * pieces; q++) {
          taken = at(z, q) > at(z, taken) ? q : taken;
        }
        return taken;
      }
    };
  }
}
