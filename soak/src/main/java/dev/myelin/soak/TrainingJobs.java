package dev.myelin.soak;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import dev.myelin.model.CheckpointFolder;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Small networks trained: plainly, with an interruption, whole and in chunks. */
final class TrainingJobs {
  private static final MlpSpec MOONS = MlpSpec.of(Activation.TANH, 2, 16, 2);
  private static final MlpSpec DIGITS = MlpSpec.of(Activation.RELU, 784, 12, 10);

  private static final TrainingOptions MOONS_OPTIONS =
      TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(3).withBatchSize(32);

  private static final TrainingOptions DIGITS_OPTIONS =
      TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(1).withBatchSize(32);

  /** The digits take 804 kB, which is more than half of it; chunks and moments fit. */
  private static final long DIGITS_BUDGET_BYTES = 1_200_000;

  private static final int STEPS_BEFORE_THE_STOP = 10;
  private static final int STEPS_BETWEEN_CHECKPOINTS = 4;

  private TrainingJobs() {}

  static int[] train(Workplace place) {
    try (Mlp network = network(place.backend(), MOONS)) {
      Dataset moons = place.shared().moons();
      new Trainer(MOONS_OPTIONS).fit(network, moons, moons, TrainingListener.NONE);
      return Bits.of(network.stateDict());
    }
  }

  private static Mlp network(Backend backend, MlpSpec spec) {
    return Mlp.create(backend, spec, Initializer.XAVIER, 5);
  }

  /** The same training, stopped in its midst and gone on with by another trainer. */
  static int[] resume(Workplace place) throws IOException {
    Path folder = Files.createTempDirectory(place.folder(), "checkpoints");
    try {
      try (CheckpointFolder store = CheckpointFolder.open(folder, note -> {})) {
        Checkpointing checkpointing = new Checkpointing(store, STEPS_BETWEEN_CHECKPOINTS, Map.of());
        stopped(place, checkpointing);
        return resumed(place, checkpointing);
      }
    } finally {
      deleteWithFiles(folder);
    }
  }

  private static void stopped(Workplace place, Checkpointing checkpointing) {
    Trainer trainer = new Trainer(MOONS_OPTIONS);
    TrainingListener stopping =
        new TrainingListener() {
          private int steps;

          @Override
          public void stepDone(int epoch, int step, int stepsPerEpoch) {
            if (++steps == STEPS_BEFORE_THE_STOP) {
              trainer.requestStop();
            }
          }
        };
    try (Mlp network = network(place.backend(), MOONS)) {
      Dataset moons = place.shared().moons();
      TrainingResult result = trainer.fit(network, moons, moons, stopping, checkpointing);
      require(result.end() == TrainingResult.End.STOP_REQUESTED, "the training was not stopped");
    }
  }

  private static int[] resumed(Workplace place, Checkpointing checkpointing) {
    try (Mlp network = network(place.backend(), MOONS)) {
      Dataset moons = place.shared().moons();
      new Trainer(MOONS_OPTIONS).fit(network, moons, moons, TrainingListener.NONE, checkpointing);
      return Bits.of(network.stateDict());
    }
  }

  private static void deleteWithFiles(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  static int[] trainWhole(Workplace place) {
    return trainDigits(place.backend(), place.shared().digits(), false);
  }

  /** On another backend of the device, which also refuses a tensor that it has no room for. */
  static int[] trainInChunks(Workplace place) {
    try (Backend small = place.openWithBudget(DIGITS_BUDGET_BYTES)) {
      int[] bits = trainDigits(small, place.shared().digits(), true);
      requireOutOfMemory(small);
      return bits;
    }
  }

  private static int[] trainDigits(Backend backend, Dataset digits, boolean inChunks) {
    AtomicBoolean wasStreamed = new AtomicBoolean();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void dataAreStreamed(int chunkSamples, long chunkBytes) {
            wasStreamed.set(true);
          }
        };
    try (Mlp network = network(backend, DIGITS)) {
      new Trainer(DIGITS_OPTIONS).fit(network, digits, null, listener);
      require(wasStreamed.get() == inChunks, "data in chunks: " + wasStreamed.get());
      return Bits.of(network.stateDict());
    }
  }

  private static void requireOutOfMemory(Backend backend) {
    try (TensorArena arena = new TensorArena(backend, "too much")) {
      arena.allocate("too large", Math.toIntExact(DIGITS_BUDGET_BYTES));
      throw new AssertionError("a tensor of four times the budget was allocated");
    } catch (OutOfDeviceMemoryException expected) {
      require(expected.getMessage().contains(backend.device().id()), expected.getMessage());
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
