package dev.myelin.opencl;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.List;

/** What is done while calls fail: short, and the same bits each time. */
enum FaultyWork {
  /** Two captured steps, the second ragged, and what was learned. */
  TRAINING(".*", 0, null, null) {
    @Override
    float[] on(Backend backend) {
      return train(backend, 5, Checkpointing.NONE);
    }
  },
  /** The same of more data than there is room for. */
  STREAMED_TRAINING(Constants.OF_CHUNKS, 5000, null, null) {
    @Override
    float[] on(Backend backend) {
      return train(backend, 200, Checkpointing.NONE);
    }
  },
  /** A product as GPUs with memory of their own compute it, which is not done on a processor. */
  PRODUCT_ACROSS_A_BUS(Constants.OF_A_PRODUCT, 0, TransferWay.PINNED, GemmVariant.TILED) {
    @Override
    float[] on(Backend backend) {
      return multiply(backend);
    }
  },
  PACKED_PRODUCT(Constants.OF_A_PRODUCT, 0, TransferWay.MAPPED, GemmVariant.PACKED) {
    @Override
    float[] on(Backend backend) {
      return multiply(backend);
    }
  };

  /** A class of its own, since constants of an enum's values come before its other ones. */
  private static final class Constants {
    private static final String OF_CHUNKS =
        "clEnqueue(Read|Write)Buffer|clFinish|cl(Create|Release)CommandQueue|clFlush"
            + "|clEnqueue(Marker|Barrier)WithWaitList|clReleaseEvent";

    private static final String OF_A_PRODUCT =
        "clCreateBuffer|clEnqueue.*|clWaitForEvents|clFlush|clFinish|clRelease(MemObject|Event)";
  }

  /** More than one piece of pinned memory holds, and of two to the same tensor. */
  private static final int LONG = 2 * PinnedTransfer.CHUNK_BYTES / 4 + 3;

  private static final int BATCH = 4;

  private final String functions;
  private final long budgetBytes;
  private final TransferWay transfer;
  private final GemmVariant product;

  FaultyWork(String functions, long budgetBytes, TransferWay transfer, GemmVariant product) {
    this.functions = functions;
    this.budgetBytes = budgetBytes;
    this.transfer = transfer;
    this.product = product;
  }

  abstract float[] on(Backend backend);

  /** Whether calls of this function are made to fail in this work; in others they are anyway. */
  boolean tries(String function) {
    return function.matches(functions);
  }

  /** Opens the device as this work wants it. */
  Backend open() {
    try {
      setProperty(TransferWay.PROPERTY, transfer);
      setProperty(GemmVariant.PROPERTY, product);
      return Backends.open("opencl", BackendOptions.DEFAULT.withMemoryBudgetBytes(budgetBytes));
    } finally {
      System.clearProperty(TransferWay.PROPERTY);
      System.clearProperty(GemmVariant.PROPERTY);
    }
  }

  private static void setProperty(String name, Enum<?> value) {
    if (value != null) {
      System.setProperty(name, value.name());
    }
  }

  static float[] train(Backend backend, int samples, Checkpointing checkpointing) {
    float[] features = new float[2 * samples];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      features[2 * i] = i % 7 - 3;
      features[2 * i + 1] = i % 5 - 2;
      labels[i] = i % 2;
    }
    List<String> names = List.of("even", "odd");
    Dataset data = Dataset.classification("parity", 2, features, labels, names);
    MlpSpec spec = MlpSpec.of(Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0, 2, 3, 2);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withBatchSize(Math.max(BATCH, samples / 8))
            .withEpochs(1);
    try (Mlp mlp = Mlp.create(backend, spec, Initializer.XAVIER, 5)) {
      new Trainer(options).fit(mlp, data, null, TrainingListener.NONE, checkpointing);
      return mlp.stateDict().get(0).values();
    }
  }

  private static float[] multiply(Backend backend) {
    float[] numbers = new float[LONG];
    for (int i = 0; i < LONG; i++) {
      numbers[i] = i % 11;
    }
    try (TensorArena arena = new TensorArena(backend, "product")) {
      Tensor all = arena.upload("all", numbers, LONG);
      Tensor a = all.view("a", 5, 9, 17);
      Tensor b = all.view("b", 0, 17, 3);
      Tensor out = all.view("out", LONG - 27, 9, 3);
      backend.ops().matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out);
      backend.ops().sum(all, WriteMode.OVERWRITE, arena.allocate("sum", 1));
      backend.ops().clipByNorm(out, 100, arena.allocate("norm", 1));
      backend.download(all, numbers);
      return numbers;
    }
  }
}
