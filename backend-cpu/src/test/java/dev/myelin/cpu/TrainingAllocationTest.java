package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class TrainingAllocationTest {
  private static final int STEPS_PER_EPOCH = 100;
  private static final int EPOCHS = 120;

  /**
   * Notes, at one step of each epoch, what is allocated on the device and what this thread has
   * allocated in Java.
   */
  private static final class Meter implements TrainingListener {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Backend backend;
    private final long[] javaBytes = new long[EPOCHS + 1];
    private final long[] deviceBytes = new long[EPOCHS + 1];
    private long atFirstStep;

    Meter(Backend backend) {
      this.backend = backend;
    }

    @Override
    public void stepDone(int epoch, int step, int stepsPerEpoch) {
      if (step == 1) {
        atFirstStep = threads.getCurrentThreadAllocatedBytes();
      } else if (step == STEPS_PER_EPOCH) {
        javaBytes[epoch] = threads.getCurrentThreadAllocatedBytes() - atFirstStep;
        deviceBytes[epoch] = backend.memory().usedBytes();
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
            .withEpochs(EPOCHS)
            .withMaxGradientNorm(1);
    try (Backend backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(2));
        Mlp mlp = Mlp.create(backend, spec, Initializer.HE, 1)) {
      Meter meter = new Meter(backend);
      new Trainer(options).fit(mlp, data, null, meter);
      for (int epoch = 2; epoch <= EPOCHS; epoch++) {
        assertEquals(meter.deviceBytes[1], meter.deviceBytes[epoch], "epoch " + epoch);
      }
      // The compiler decides when it is done, so the best epoch is asked, not a certain one.
      long leastJavaBytes = Long.MAX_VALUE;
      for (int epoch = EPOCHS / 2; epoch <= EPOCHS; epoch++) {
        leastJavaBytes = Math.min(leastJavaBytes, meter.javaBytes[epoch]);
      }
      // Reading the meter itself allocates one record.
      assertTrue(leastJavaBytes <= 64, leastJavaBytes + " bytes in " + STEPS_PER_EPOCH + " steps");
    }
  }
}
