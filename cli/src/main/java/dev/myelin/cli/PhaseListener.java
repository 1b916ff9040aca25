package dev.myelin.cli;

import dev.myelin.Profile;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.TrainingListener;
import java.io.UncheckedIOException;

/**
 * Writes epochs, and within or between them what takes its time beside steps, into a profile, and
 * passes all on.
 */
final class PhaseListener implements TrainingListener {
  private final Profile profile;
  private final TrainingListener next;
  private long epochBeginNanos;
  private long lastStepNanos;
  private boolean hasBegun;
  private boolean isBetweenEpochs;

  PhaseListener(Profile profile, TrainingListener next) {
    this.profile = profile;
    this.next = next;
    this.epochBeginNanos = profile.nanos();
  }

  @Override
  public void dataAreStreamed(int chunkSamples, long chunkBytes) {
    next.dataAreStreamed(chunkSamples, chunkBytes);
  }

  @Override
  public void resumed(Checkpoint from) {
    next.resumed(from);
  }

  @Override
  public void checkpointSaved(Checkpoint saved) {
    addCheckpoint();
    next.checkpointSaved(saved);
  }

  @Override
  public void checkpointFailed(UncheckedIOException failure) {
    addCheckpoint();
    next.checkpointFailed(failure);
  }

  private void addCheckpoint() {
    long endNanos = profile.nanos();
    profile.addPhase("checkpoint", isBetweenEpochs ? epochBeginNanos : lastStepNanos, endNanos);
    if (isBetweenEpochs) {
      epochBeginNanos = endNanos;
    }
  }

  @Override
  public void stepDone(int epoch, int step, int stepsPerEpoch) {
    lastStepNanos = profile.nanos();
    isBetweenEpochs = false;
    if (!hasBegun) {
      // Data are standardized, read for a fingerprint and uploaded before the first step.
      profile.addPhase("preparation and first step", epochBeginNanos, lastStepNanos);
      hasBegun = true;
    }
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
    isBetweenEpochs = true;
  }
}
