package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.CheckpointMismatchException;
import dev.myelin.nn.CheckpointStore;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRateSchedule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A run that is resumed ends with the bits of one that was never stopped, whatever the device, the
 * moment and the optimizer; and saving changes nothing. A backend's test class extends it.
 */
public abstract class CheckpointConformance extends TrainingRuns {
  /** The device's sum of losses is taken every 256 steps: an epoch has more of them. */
  private static final int SAMPLES = 527;

  private static final int STEPS_PER_EPOCH = 264;
  private static final Dataset TRAINING = Blobs.of(SAMPLES, 1);
  private static final Dataset VALIDATION = Blobs.of(20, 2);

  /** Two epochs with all that has a state: moments, dropout, a schedule, a ragged last batch. */
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults(Loss.crossEntropy(0.1f))
          .withOptimizer(Optimizer.adamw(0.01f), 0.003)
          .withSchedule(LearningRateSchedule.warmup(0.2, LearningRateSchedule.cosine()))
          .withMaxGradientNorm(1)
          .withBatchSize(2)
          .withPatience(5)
          .withEpochs(2);

  /** Keeps all checkpoints, and offers the one that is asked for as the newest. */
  private static final class AllInMemory implements CheckpointStore {
    private final TreeMap<Integer, Checkpoint> saved = new TreeMap<>();
    private Optional<Checkpoint> newest = Optional.empty();

    @Override
    public String name() {
      return "memory";
    }

    @Override
    public Optional<Checkpoint> newest() {
      return newest;
    }

    @Override
    public void save(Checkpoint checkpoint) {
      saved.put(checkpoint.position().step(), checkpoint);
    }

    static AllInMemory endingWith(Checkpoint checkpoint) {
      AllInMemory store = new AllInMemory();
      store.newest = Optional.of(checkpoint);
      return store;
    }
  }

  /** What a run gave, but for the time that it took. */
  private record Outcome(TrainingResult result, List<NamedParameter> parameters, int stepsRun) {
    void requireSameAs(Outcome other, String when) {
      assertEquals(other.result.end(), result.end(), when);
      assertEquals(other.result.bestEpoch(), result.bestEpoch(), when);
      assertEquals(untimed(other.result), untimed(result), when);
      for (int i = 0; i < parameters.size(); i++) {
        assertEquals(other.parameters.get(i).name(), parameters.get(i).name());
        assertArrayEquals(other.parameters.get(i).values(), parameters.get(i).values(), 0f, when);
      }
    }

    private static List<EpochReport> untimed(TrainingResult result) {
      return result.epochs().stream()
          .map(
              each ->
                  new EpochReport(
                      each.epoch(),
                      each.loss(),
                      each.trainAccuracy(),
                      each.validation(),
                      each.learningRate(),
                      each.samples(),
                      0))
          .toList();
    }
  }

  private Outcome run(TrainingOptions options, Checkpointing checkpointing) {
    return run(new Trainer(options), options, checkpointing, TrainingListener.NONE);
  }

  private Outcome run(
      Trainer trainer,
      TrainingOptions options,
      Checkpointing checkpointing,
      TrainingListener listener) {
    MlpSpec spec =
        MlpSpec.of(Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0.2f, 2, 5, 3);
    int[] steps = new int[1];
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void stepDone(int epoch, int step, int stepsPerEpoch) {
            steps[0]++;
            listener.stepDone(epoch, step, stepsPerEpoch);
          }

          @Override
          public void checkpointFailed(UncheckedIOException failure) {
            listener.checkpointFailed(failure);
          }
        };
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, options.seed())) {
      TrainingResult result = trainer.fit(mlp, TRAINING, VALIDATION, counting, checkpointing);
      return new Outcome(result, mlp.stateDict(), steps[0]);
    }
  }

  private static Checkpointing every(int steps, CheckpointStore store) {
    return new Checkpointing(store, steps, Map.of());
  }

  @Test
  void fit_resumedAnywhere_endsLikeOneThatWasNeverStopped_andSavingChangesNothing() {
    Outcome whole = run(OPTIONS, Checkpointing.NONE);
    AllInMemory all = new AllInMemory();
    run(OPTIONS, every(1, all)).requireSameAs(whole, "saved after each step");
    assertEquals(2 * STEPS_PER_EPOCH, all.saved.size());
    // Before, at and after the sum is taken; about an epoch's ragged end; one before the last.
    for (int step : List.of(1, 255, 256, 257, 263, 264, 265, 2 * STEPS_PER_EPOCH - 1)) {
      AllInMemory store = AllInMemory.endingWith(all.saved.get(step));
      Outcome resumed = run(OPTIONS, every(0, store));
      resumed.requireSameAs(whole, "resumed at step " + step);
      assertEquals(2 * STEPS_PER_EPOCH - step, resumed.stepsRun());
    }
  }

  @Test
  void fit_withoutANumberOfSteps_savesAtTheEndOfEachEpoch() {
    AllInMemory store = new AllInMemory();
    run(OPTIONS, every(0, store));
    assertEquals(List.of(264, 528), List.copyOf(store.saved.keySet()));
    assertTrue(store.saved.get(264).finish().isEmpty());
    assertEquals(1, store.saved.get(264).reports().size());
    assertEquals(TrainingResult.End.ALL_EPOCHS, store.saved.get(528).finish().orElseThrow().end());
  }

  @Test
  void fit_thatIsFinished_givesItsResultAgainWithoutAStep() {
    AllInMemory all = new AllInMemory();
    Outcome whole = run(OPTIONS, every(0, all));
    Outcome again = run(OPTIONS, every(0, AllInMemory.endingWith(all.saved.get(528))));
    again.requireSameAs(whole, "finished");
    assertEquals(0, again.stepsRun());
  }

  @Test
  void requestStop_savesACheckpoint_fromWhichTheRunGoesOn() {
    AllInMemory store = new AllInMemory();
    Trainer trainer = new Trainer(OPTIONS);
    TrainingListener stopAtStep70 =
        new TrainingListener() {
          @Override
          public void stepDone(int epoch, int step, int stepsPerEpoch) {
            if (step == 70) {
              trainer.requestStop();
            }
          }
        };
    Outcome stopped = run(trainer, OPTIONS, every(0, store), stopAtStep70);
    assertEquals(TrainingResult.End.STOP_REQUESTED, stopped.result().end());
    assertEquals(List.of(70), List.copyOf(store.saved.keySet()));
    run(OPTIONS, every(0, AllInMemory.endingWith(store.saved.get(70))))
        .requireSameAs(run(OPTIONS, Checkpointing.NONE), "after a stop");
  }

  @Test
  void fit_withPatience_remembersTheBestEpochAcrossAnInterruption() {
    TrainingOptions patient =
        OPTIONS
            .withBatchSize(64)
            .withEpochs(40)
            .withPatience(2)
            .withOptimizer(Optimizer.sgd(0.9f, false, 0), 3);
    AllInMemory all = new AllInMemory();
    Outcome whole = run(patient, every(0, all));
    assertEquals(TrainingResult.End.EARLY_STOPPING, whole.result().end());
    List<Integer> steps = new ArrayList<>(all.saved.keySet());
    Checkpoint oneEpochBeforeTheEnd = all.saved.get(steps.get(steps.size() - 2));
    assertEquals(1, oneEpochBeforeTheEnd.best().orElseThrow().epochsWithoutGain());
    run(patient, every(0, AllInMemory.endingWith(oneEpochBeforeTheEnd)))
        .requireSameAs(whole, "in the midst of patience");
    run(patient, every(0, AllInMemory.endingWith(all.saved.get(steps.get(steps.size() - 1)))))
        .requireSameAs(whole, "stopped early");
  }

  @Test
  void fit_withAStoreThatFails_goesOn_andSaysSoEachTime() {
    Outcome whole = run(OPTIONS, Checkpointing.NONE);
    List<String> failures = new ArrayList<>();
    CheckpointStore full =
        new CheckpointStore() {
          @Override
          public String name() {
            return "full";
          }

          @Override
          public Optional<Checkpoint> newest() {
            return Optional.empty();
          }

          @Override
          public void save(Checkpoint checkpoint) {
            throw new UncheckedIOException("disk full", new IOException("disk full"));
          }
        };
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void checkpointFailed(UncheckedIOException failure) {
            failures.add(failure.getMessage());
          }
        };
    run(new Trainer(OPTIONS), OPTIONS, every(100, full), listener)
        .requireSameAs(whole, "no checkpoint could be saved");
    // After steps 100, ..., 500, and at the end.
    assertEquals(Collections.nCopies(6, "disk full"), failures);
  }

  @Test
  void fit_withACheckpointOfAnotherRun_namesEachDifference() {
    AllInMemory all = new AllInMemory();
    run(OPTIONS, every(0, all));
    Checkpointing resuming = every(0, AllInMemory.endingWith(all.saved.get(264)));
    Map<TrainingOptions, String> others =
        Map.of(
            OPTIONS.withOptimizer(OPTIONS.optimizer(), 0.001),
            "learning rate 0.003 there, 0.001 here",
            OPTIONS.withOptimizer(Optimizer.adamw(0.02f), 0.003),
            "optimizer's weight decay 0.01 there, 0.02 here",
            OPTIONS.withOptimizer(Optimizer.sgd(), 0.003),
            "optimizer adam there, sgd here",
            OPTIONS.withSchedule(LearningRateSchedule.constant()),
            "schedule warmup(0.2, cosine) there, constant here",
            OPTIONS.withBatchSize(3),
            "batch size 2 there, 3 here",
            OPTIONS.withSeed(43),
            "seed 42 there, 43 here",
            OPTIONS.withEpochs(3),
            "epochs 2 there, 3 here");
    others.forEach(
        (options, difference) -> {
          CheckpointMismatchException refused =
              assertThrows(CheckpointMismatchException.class, () -> run(options, resuming));
          assertTrue(refused.getMessage().contains(difference), refused.getMessage());
          assertTrue(refused.getMessage().startsWith("the checkpoints in memory are of another"));
        });
    CheckpointMismatchException precision =
        assertThrows(
            CheckpointMismatchException.class,
            () ->
                run(OPTIONS, new Checkpointing(resuming.store(), 0, Map.of("precision", "bf16"))));
    assertTrue(
        precision.getMessage().contains("precision none there, bf16 here"), precision.getMessage());
  }

  @Test
  void fit_withACheckpointOfOtherData_saysSo() {
    AllInMemory all = new AllInMemory();
    run(OPTIONS, every(0, all));
    Checkpointing resuming = every(0, AllInMemory.endingWith(all.saved.get(264)));
    MlpSpec spec =
        MlpSpec.of(Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0.2f, 2, 5, 3);
    float[] features = TRAINING.features().clone();
    features[SAMPLES] = Math.nextUp(features[SAMPLES]);
    Dataset almostTheSame =
        Dataset.classification("blobs", 2, features, TRAINING.labels(), TRAINING.classNames());
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, OPTIONS.seed())) {
      List<NamedParameter> before = mlp.stateDict();
      CheckpointMismatchException refused =
          assertThrows(
              CheckpointMismatchException.class,
              () ->
                  new Trainer(OPTIONS)
                      .fit(mlp, almostTheSame, VALIDATION, TrainingListener.NONE, resuming));
      assertTrue(
          refused
              .getMessage()
              .matches(".*run: training data \\(SHA-256\\) \\S+ there, \\S+ here\\. Resume.*"),
          refused.getMessage());
      assertArrayEquals(before.get(0).values(), mlp.stateDict().get(0).values());
    }
  }
}
