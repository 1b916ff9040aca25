package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.Backends;
import dev.myelin.model.CheckpointFolder;
import dev.myelin.nn.Checkpointing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The device goes away in the midst of a training: from some call on all fail, those included that
 * give things back.
 */
@Timeout(300) // A device that is waited for in vain is a failure, too.
class DeviceLossTest {
  /** Two steps of four samples. */
  private static final int SAMPLES = 5;

  /** A divisor of neither the arguments of a kernel nor the calls of a step. */
  private static final int STRIDE = 23;

  @TempDir Path folder;

  @BeforeEach
  void load() {
    FaultyLoader.loadOrSkip();
  }

  @AfterEach
  void reset() {
    FaultyLoader.reset();
  }

  private static float[] train(Backend backend) {
    return FaultyWork.train(backend, SAMPLES, Checkpointing.NONE);
  }

  private static float[] trainOnTheProcessor() {
    try (Backend cpu = Backends.open("cpu")) {
      return train(cpu);
    }
  }

  /** Trains with a checkpoint after every step, or goes on from the last one. */
  private static float[] trainWithCheckpoints(Path checkpoints) {
    try (Backend backend = Backends.open("opencl");
        CheckpointFolder store = CheckpointFolder.open(checkpoints, note -> {})) {
      return FaultyWork.train(backend, SAMPLES, new Checkpointing(store, 1, Map.of()));
    }
  }

  @Test
  void training_ofADeviceThatIsLost_endsWithItsCode_andGoesOnFromTheLastCheckpoint() {
    float[] expected = trainWithCheckpoints(folder.resolve("whole"));
    float[] onTheProcessor = trainOnTheProcessor();
    FaultyLoader.reset();
    trainWithCheckpoints(folder.resolve("counted"));
    int calls = FaultyLoader.calls().values().stream().mapToInt(Integer::intValue).sum();
    assertTrue(calls > 600, calls + " calls: JOCL has found another loader");
    for (int nth = 1; nth <= calls; nth += STRIDE) {
      Path checkpoints = folder.resolve("lost at " + nth);
      FaultyLoader.reset();
      FaultyLoader.loseDevice(nth, CL.CL_DEVICE_NOT_AVAILABLE);
      BackendException failure =
          assertThrows(BackendException.class, () -> trainWithCheckpoints(checkpoints), "" + nth);
      String message = failure.getMessage();
      assertTrue(message.contains("CL_DEVICE_NOT_AVAILABLE"), nth + ": " + message);
      assertEquals(List.of(), FaultyLoader.mistakes(), "what nobody tried to give back, " + nth);
      assertArrayEquals(onTheProcessor, trainOnTheProcessor());
      FaultyLoader.reset();
      assertArrayEquals(expected, trainWithCheckpoints(checkpoints), "resumed after " + nth);
    }
  }

  @Test
  void device_thatIsLostWhileItIsClosed_isReportedOnce_andClosingAgainIsHarmless() {
    Backend backend = Backends.open("opencl");
    train(backend);
    FaultyLoader.loseDevice(1, CL.CL_DEVICE_NOT_AVAILABLE);
    BackendException failure = assertThrows(BackendException.class, backend::close);
    assertTrue(failure.getMessage().contains("CL_DEVICE_NOT_AVAILABLE"), failure.getMessage());
    backend.close();
    assertEquals(List.of(), FaultyLoader.mistakes());
  }
}
