package dev.myelin.cli;

import dev.myelin.Profile;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.TrainingListener;
import java.io.UncheckedIOException;

/** Writes epochs, and the validation within them, into a profile, and passes all on. */
final class PhaseListener implements TrainingListener {
  private final Profile profile;
  private final TrainingListener next;
  private long epochBeginNanos;
  private long lastStepNanos;

  PhaseListener(Profile profile, TrainingListener next) {
    this.profile = profile;
    this.next = next;
    this.epochBeginNanos = profile.nanos();
  }

  @Override
  public void resumed(Checkpoint from) {
    next.resumed(from);
  }

  @Override
  public void checkpointSaved(Checkpoint saved) {
    next.checkpointSaved(saved);
  }

  @Override
  public void checkpointFailed(UncheckedIOException failure) {
    next.checkpointFailed(failure);
  }

  @Override
  public void stepDone(int epoch, int step, int stepsPerEpoch) {
    lastStepNanos = profile.nanos();
    next.stepDone(epoch, step, stepsPerEpoch);
  }

  @Override
  public void epochDone(EpochReport report) {
    long endNanos = profile.nanos();
    profile.addPhase("epoch " + report.epoch(), epochBeginNanos, endNanos);
    if (report.validation() != null) {
      profile.addPhase("validation", lastStepNanos, endNanos);
    }
    next.epochDone(report);
    epochBeginNanos = profile.nanos();
  }
}
