package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Moves one run's state between the device and its checkpoints. */
final class CheckpointWriter {
  private final Mlp mlp;
  private final Checkpointing checkpointing;
  private final TrainingListener listener;
  private final Map<String, String> run;

  /** Let go once its values are on the device: it is as large as the network and its moments. */
  private Optional<Checkpoint> resumed;

  private CheckpointWriter(
      Mlp mlp,
      Checkpointing checkpointing,
      TrainingListener listener,
      Map<String, String> run,
      Optional<Checkpoint> resumed) {
    this.mlp = mlp;
    this.checkpointing = checkpointing;
    this.listener = listener;
    this.run = run;
    this.resumed = resumed;
  }

  /**
   * Describes the run, and looks for a checkpoint of it.
   *
   * @param validation null for none
   * @throws CheckpointMismatchException when there are checkpoints of another run
   */
  static CheckpointWriter open(
      Mlp mlp,
      TrainingOptions options,
      Dataset training,
      Dataset validation,
      Checkpointing checkpointing,
      TrainingListener listener) {
    Map<String, String> run = RunDescription.of(mlp, options, training, validation);
    run.putAll(checkpointing.alsoDecisive());
    Optional<Checkpoint> newest = checkpointing.newest(run);
    return new CheckpointWriter(mlp, checkpointing, listener, run, newest);
  }

  /** What the run goes on from; empty when it begins anew. */
  Optional<Checkpoint> resumed() {
    return resumed;
  }

  boolean isFinished() {
    return resumed.isPresent() && resumed.get().finish().isPresent();
  }

  /** Puts the finished run's parameters into the network. */
  TrainingResult restoreFinished() {
    Checkpoint checkpoint = resumed.orElseThrow();
    Checkpoint.Finish finish = checkpoint.finish().orElseThrow();
    mlp.load(checkpoint.parameters());
    listener.resumed(checkpoint);
    return new TrainingResult(checkpoint.reports(), finish.end(), finish.bestEpoch());
  }

  /** Puts parameters and moments back. */
  void restore(TrainingState state) {
    Checkpoint checkpoint = resumed.orElseThrow();
    mlp.load(checkpoint.parameters());
    for (int i = 0; i < state.moments.length; i++) {
      mlp.backend().upload(checkpoint.moments().get(i), state.moments[i]);
    }
    resumed = Optional.empty();
  }

  boolean isDueAfter(int steps, boolean isEpochDone) {
    return checkpointing.isDueAfter(steps, isEpochDone);
  }

  void save(
      TrainingState state,
      Checkpoint.Position position,
      List<EpochReport> reports,
      Optional<Checkpoint.Best> best) {
    keep(state, position, reports, best, Optional.empty());
  }

  void saveFinished(
      TrainingState state,
      Checkpoint.Position position,
      List<EpochReport> reports,
      TrainingResult.End end,
      int bestEpoch) {
    Checkpoint.Finish finish = new Checkpoint.Finish(end, bestEpoch);
    keep(state, position, reports, Optional.empty(), Optional.of(finish));
  }

  private void keep(
      TrainingState state,
      Checkpoint.Position position,
      List<EpochReport> reports,
      Optional<Checkpoint.Best> best,
      Optional<Checkpoint.Finish> finish) {
    Checkpoint checkpoint;
    try {
      checkpoint = checkpoint(state, position, reports, best, finish);
      checkpointing.store().save(checkpoint);
    } catch (UncheckedIOException failure) {
      // Hours of training are worth more than one checkpoint; the next one may succeed.
      listener.checkpointFailed(failure);
      return;
    } catch (OutOfMemoryError heap) {
      listener.checkpointFailed(
          new UncheckedIOException(
              "Java's heap has no room for a checkpoint; give it more with -Xmx",
              new IOException(heap)));
      return;
    }
    listener.checkpointSaved(checkpoint);
  }

  private Checkpoint checkpoint(
      TrainingState state,
      Checkpoint.Position position,
      List<EpochReport> reports,
      Optional<Checkpoint.Best> best,
      Optional<Checkpoint.Finish> finish) {
    Backend backend = mlp.backend();
    List<float[]> moments = new ArrayList<>();
    for (int i = 0; i < state.moments.length; i++) {
      float[] values = new float[state.moments[i].rows()];
      backend.download(state.moments[i], values);
      moments.add(values);
    }
    return new Checkpoint(
        run,
        Checkpoint.deviceText(backend.device()),
        position,
        reports,
        mlp.stateDict(),
        moments,
        best,
        finish);
  }
}
