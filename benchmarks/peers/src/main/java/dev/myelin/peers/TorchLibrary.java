package dev.myelin.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.myelin.peers.Workload.Elementwise;
import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Softmax;
import dev.myelin.peers.Workload.Training;
import java.util.function.Supplier;

/** PyTorch through DJL's arrays. */
final class TorchLibrary implements Library {
  /** What makes the training steps. */
  enum Steps {
    /** A sequence of operations on DJL's arrays. */
    ARRAYS,
    /** DJL's Trainer. */
    TRAINER,
    /** A script that PyTorch runs by itself. */
    SCRIPT
  }

  private final Engine engine;
  private final NDManager manager;
  private final Steps steps;

  TorchLibrary(Steps steps) {
    engine = Engine.getEngine("PyTorch");
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    this.steps = steps;
  }

  @Override
  public String description() {
    return "PyTorch " + engine.getVersion() + " through DJL " + Versions.ofClass(Engine.class);
  }

  @Override
  public Job open(Workload workload) {
    if (workload instanceof Training training) {
      return switch (steps) {
        case ARRAYS -> new TorchTraining(manager.newSubManager(), training.net());
        case TRAINER -> new TorchTrainer(training.net());
        case SCRIPT -> new TorchScriptTraining(manager.newSubManager(), training.net());
      };
    }
    NDManager own = manager.newSubManager();
    if (workload instanceof Product product) {
      NDArray a = own.create(product.a(), stored(product.m(), product.k(), product.transposeA()));
      NDArray b = own.create(product.b(), stored(product.k(), product.n(), product.transposeB()));
      NDArray left = product.transposeA() ? a.transpose() : a;
      NDArray right = product.transposeB() ? b.transpose() : b;
      return new Operation(own, () -> left.matMul(right));
    } else if (workload instanceof Elementwise map) {
      NDArray x = own.create(map.x());
      return new Operation(own, () -> apply(map.function(), x));
    }
    Softmax softmax = (Softmax) workload;
    NDArray logits = own.create(softmax.logits(), new Shape(softmax.rows(), softmax.columns()));
    return new Operation(own, () -> logits.softmax(1));
  }

  private static Shape stored(int rows, int columns, boolean isTransposed) {
    return isTransposed ? new Shape(columns, rows) : new Shape(rows, columns);
  }

  private static NDArray apply(dev.myelin.Activation function, NDArray x) {
    return switch (function.kind()) {
      case RELU -> Activation.relu(x);
      case SIGMOID -> Activation.sigmoid(x);
      case TANH -> Activation.tanh(x);
      case GELU -> Activation.gelu(x);
      case SILU -> Activation.swish(x, 1);
      case SOFTPLUS -> Activation.softPlus(x);
      case ELU -> Activation.elu(x, function.parameter());
      case LEAKY_RELU -> Activation.leakyRelu(x, function.parameter());
      case IDENTITY, GELU_TANH, STEP, SIGN, MAXOUT ->
          throw new UnsupportedOperationException(function.text());
    };
  }

  @Override
  public void close() {
    manager.close();
  }

  /** One operation, whose result is given back at once. */
  private record Operation(NDManager own, Supplier<NDArray> work) implements Job {
    @Override
    public void run(int repetitions) {
      for (int i = 0; i < repetitions; i++) {
        work.get().close();
      }
    }

    @Override
    public double[] evidence() {
      try (NDArray out = work.get()) {
        return Workload.sample(out.toFloatArray());
      }
    }

    @Override
    public void close() {
      own.close();
    }
  }
}
