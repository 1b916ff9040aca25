package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.Backends;
import dev.myelin.model.CheckpointFolder;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that goes away in the midst of a training: the run ends with the driver's own name of
 * what happened, the last checkpoint is whole, and other devices are of use. For backends whose
 * tests have a driver that fails when it is asked to; such a test class extends it.
 */
@Timeout(300) // A device that is waited for in vain is a failure, too.
public abstract class DeviceLossConformance {
  /** Two steps of four samples, the second ragged. */
  private static final int SAMPLES = 7;

  /** A divisor of neither the arguments of a kernel nor the calls of a step, as a rule. */
  private static final int STRIDE = 23;

  @TempDir Path folder;

  /** The device under test, as {@link Backends#open(String)} takes it. */
  protected abstract String device();

  /** Makes the n-th next call of the driver fail, 1 for the next, and with it the device. */
  protected abstract void loseDevice(int nth);

  /** The device is there again, and no call was counted yet. */
  protected abstract void restoreDevice();

  /** How often the driver was called since the device was restored. */
  protected abstract long calls();

  /** What the driver calls the loss. */
  protected abstract String code();

  /** Called when a backend has been closed whose device was lost. */
  protected void requireAllGivenBack() {}

  private static float[] train(Backend backend, Checkpointing checkpointing) {
    MlpSpec spec = MlpSpec.of(Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0, 2, 3, 3);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(4).withEpochs(1);
    try (Mlp mlp = Mlp.create(backend, spec, Initializer.XAVIER, 5)) {
      new Trainer(options)
          .fit(mlp, Blobs.of(SAMPLES, 1), null, TrainingListener.NONE, checkpointing);
      return mlp.stateDict().get(0).values();
    }
  }

  /** Trains with a checkpoint after every step, or goes on from the last one. */
  private float[] trainWithCheckpoints(String name) {
    try (Backend backend = Backends.open(device());
        CheckpointFolder store = CheckpointFolder.open(folder.resolve(name), note -> {})) {
      return train(backend, new Checkpointing(store, 1, Map.of()));
    }
  }

  private static float[] trainOnTheProcessor() {
    try (Backend cpu = Backends.open("cpu")) {
      return train(cpu, Checkpointing.NONE);
    }
  }

  @Test
  void training_whoseDeviceIsLost_endsWithTheCode_andGoesOnFromTheLastCheckpoint() {
    float[] onTheProcessor = trainOnTheProcessor();
    float[] expected = trainWithCheckpoints("whole");
    restoreDevice();
    trainWithCheckpoints("counted");
    long calls = calls();
    assertTrue(calls > 4 * STRIDE, calls + " calls: the driver is another one");
    for (int nth = 1; nth <= calls; nth += STRIDE) {
      String name = "lost at call " + nth + " of " + calls;
      restoreDevice();
      loseDevice(nth);
      BackendException failure =
          assertThrows(BackendException.class, () -> trainWithCheckpoints(name), name);
      assertTrue(failure.getMessage().contains(code()), name + ": " + failure.getMessage());
      requireAllGivenBack();
      assertArrayEquals(onTheProcessor, trainOnTheProcessor(), name);
      restoreDevice();
      assertArrayEquals(expected, trainWithCheckpoints(name), name);
    }
  }

  @Test
  void device_thatIsLostBeforeItIsClosed_isReportedAtMostOnce() {
    Backend backend = Backends.open(device());
    train(backend, Checkpointing.NONE);
    loseDevice(1);
    BackendException failure = assertThrows(BackendException.class, backend::synchronize);
    assertTrue(failure.getMessage().contains(code()), failure.getMessage());
    try {
      backend.close();
    } catch (BackendException again) {
      assertTrue(again.getMessage().contains(code()), again.getMessage());
    }
    requireAllGivenBack();
    backend.close();
  }
}
