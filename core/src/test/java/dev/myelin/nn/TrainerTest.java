package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.StandInBackend;
import dev.myelin.data.Dataset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the host does around the device's work, on a device that computes nothing. */
class TrainerTest {
  private static final MlpSpec SPEC = MlpSpec.of(Activation.RELU, 1, 1);

  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();
  private final Mlp mlp = Mlp.create(backend, SPEC, Initializer.HE, 1);

  @AfterEach
  void closeDevice() {
    backend.close();
  }

  private static Dataset samples(int count) {
    return Dataset.regression("line", 1, new float[count], new float[count], List.of("y"));
  }

  private static TrainingOptions sumOfSquares() {
    return TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.SUM));
  }

  @Test
  void requestStop_endsOneFit_andNotTheNextOne() {
    Trainer trainer = new Trainer(sumOfSquares().withEpochs(3));
    TrainingListener stopAtOnce =
        new TrainingListener() {
          @Override
          public void stepDone(int epoch, int step, int steps) {
            trainer.requestStop();
          }
        };
    assertEquals(
        TrainingResult.End.STOP_REQUESTED, trainer.fit(mlp, samples(1000), null, stopAtOnce).end());
    assertEquals(
        TrainingResult.End.ALL_EPOCHS,
        trainer.fit(mlp, samples(1000), null, TrainingListener.NONE).end());
  }

  @Test
  void requestStop_beforeFit_endsItBeforeItsFirstStep() {
    Trainer trainer = new Trainer(sumOfSquares());
    trainer.requestStop();
    device.clearLog();
    TrainingResult result = trainer.fit(mlp, samples(10), null, TrainingListener.NONE);
    assertEquals(TrainingResult.End.STOP_REQUESTED, result.end());
    assertEquals(List.of(), device.log().stream().filter("replay"::equals).toList());
  }

  @Test
  void lossOfALongEpoch_isAddedUpInFloat64_256StepsAtATime() {
    // What the device has added up is taken after steps 256, 512, 768, 1024, and the last.
    device.downloadedValue = 0x1p24f;
    Trainer trainer = new Trainer(sumOfSquares().withEpochs(1).withBatchSize(1));
    TrainingResult result = trainer.fit(mlp, samples(1024 + 1), null, TrainingListener.NONE);
    assertEquals(5 * 0x1p24, result.epochs().get(0).loss());
  }

  @Test
  void predictorAndEvaluator_withoutSamplesInABatch_areRefused() {
    for (int size : new int[] {0, -1}) {
      String expected = "batchSize must be at least 1, but is " + size;
      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> new Predictor(mlp, size))
              .getMessage());
      assertEquals(
          expected,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Evaluator(mlp, samples(3), Loss.l1(), size))
              .getMessage());
    }
  }

  @Test
  void lossOfAnEvaluation_isAddedUpInFloat64() {
    device.downloadedValue = 0.1f;
    try (Evaluator evaluator =
        new Evaluator(mlp, samples(1_000_000), Loss.meanSquaredError(Loss.Reduction.SUM), 1000)) {
      // A float32 sum of a million tenths is 100,958.
      assertEquals(1e6 * 0.1f, evaluator.evaluate().loss(), 1e-3);
    }
  }
}
