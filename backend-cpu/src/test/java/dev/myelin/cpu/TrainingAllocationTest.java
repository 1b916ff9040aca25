package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class TrainingAllocationTest {
  private static final int STEPS_PER_EPOCH = 100;
  private static final int MAX_EPOCHS = 1_000;

  /** What reading the meter itself allocates. */
  private static final long METER_BYTES = 64;

  /**
   * Notes what a steady epoch has allocated on the device and on this thread in Java, and ends
   * training as soon as that is nothing: the compiler decides when it is done.
   */
  private static final class Meter implements TrainingListener {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Backend backend;
    private final Trainer trainer;
    private long javaBytesBefore;
    private long deviceBytesBefore;
    private long leastJavaBytes = Long.MAX_VALUE;

    Meter(Backend backend, Trainer trainer) {
      this.backend = backend;
      this.trainer = trainer;
    }

    @Override
    public void stepDone(int epoch, int step, int stepsPerEpoch) {
      if (step == 1) {
        deviceBytesBefore = backend.memory().usedBytes();
        javaBytesBefore = threads.getCurrentThreadAllocatedBytes();
      } else if (step == STEPS_PER_EPOCH) {
        long javaBytes = threads.getCurrentThreadAllocatedBytes() - javaBytesBefore;
        leastJavaBytes = Math.min(leastJavaBytes, javaBytes);
        assertEquals(deviceBytesBefore, backend.memory().usedBytes(), "epoch " + epoch);
        if (javaBytes <= METER_BYTES) {
          trainer.requestStop();
        }
      }
    }
  }

  @Test
  void steps_allocateNothingOnTheDevice_andOnceCompiledNothingInJava() {
    Dataset data = GeneratedData.digits(STEPS_PER_EPOCH * 16, 1);
    MlpSpec spec =
        MlpSpec.of(Activation.GELU, Activation.IDENTITY, Layer.Bias.TRAINED, 0.1f, 784, 24, 10);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withBatchSize(16)
            .withEpochs(MAX_EPOCHS)
            .withMaxGradientNorm(1);
    try (Backend backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(2));
        Mlp mlp = Mlp.create(backend, spec, Initializer.HE, 1)) {
      Trainer trainer = new Trainer(options);
      Meter meter = new Meter(backend, trainer);
      TrainingResult result = trainer.fit(mlp, data, null, meter);
      assertEquals(
          TrainingResult.End.STOP_REQUESTED,
          result.end(),
          () -> "at least " + meter.leastJavaBytes + " bytes in " + STEPS_PER_EPOCH + " steps");
    }
  }
}
