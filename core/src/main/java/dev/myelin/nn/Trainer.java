package dev.myelin.nn;

import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;

/**
 * Trains a network in mini-batches on whichever device it lives.
 *
 * <p>Everything is allocated before the first step. The same seed gives the same bits on one
 * device. One trainer runs one {@link #fit} at a time; {@link #requestStop} may come from any
 * thread.
 */
public final class Trainer {
  private final TrainingOptions options;
  private volatile boolean stopRequested;

  public Trainer(TrainingOptions options) {
    this.options = options;
  }

  /**
   * Ends the {@link #fit} that runs, after the step it is in, or else the next one before its first
   * step; the network keeps what it has learned so far. A fit after that is not affected.
   */
  public void requestStop() {
    stopRequested = true;
  }

  /** Trains without checkpoints; see the other method. */
  public TrainingResult fit(
      Mlp mlp, Dataset training, Dataset validation, TrainingListener listener) {
    return fit(mlp, training, validation, listener, Checkpointing.NONE);
  }

  /**
   * Trains the network in place.
   *
   * <p>Data that would take more than half of the device's free memory stay on the host and pass
   * through the device in chunks; the result is the same to the last bit.
   *
   * @param validation judged after every epoch; null for none, which early stopping does not allow
   * @param checkpointing where to begin, and where to keep the state. Saving that fails is told to
   *     the listener, and training goes on
   * @throws IllegalArgumentException when data, network and loss do not belong together
   * @throws CheckpointMismatchException when there are checkpoints, but of another run
   * @throws DivergedException when the loss or a parameter is no longer finite
   * @throws dev.myelin.OutOfDeviceMemoryException before the first step; the network is as it was
   */
  public TrainingResult fit(
      Mlp mlp,
      Dataset training,
      Dataset validation,
      TrainingListener listener,
      Checkpointing checkpointing) {
    if (options.patience() > 0 && validation == null) {
      throw new IllegalArgumentException("early stopping needs validation data to judge by");
    }
    options.rule().requireFit(options, mlp.spec(), training);
    try {
      CheckpointWriter checkpoints =
          checkpointing.isOn()
              ? CheckpointWriter.open(mlp, options, training, validation, checkpointing, listener)
              : null;
      if (checkpoints != null && checkpoints.isFinished()) {
        return checkpoints.restoreFinished();
      }
      HostSamples samples = new HostSamples(training, mlp.spec(), options.loss());
      int batchSize = Math.min(options.batchSize(), training.samples());
      try (SampleFeed data = SampleFeed.of(mlp.backend(), samples, batchSize);
          Evaluator evaluator =
              validation == null
                  ? null
                  : new Evaluator(mlp, validation, options.loss(), options.batchSize());
          TensorArena arena = new TensorArena(mlp.backend(), "training");
          TrainingLoop loop =
              new TrainingLoop(
                  mlp,
                  options,
                  data,
                  arena,
                  training.samples(),
                  evaluator,
                  listener,
                  checkpoints)) {
        if (data.chunkRows() > 0) {
          listener.dataAreStreamed(data.chunkRows(), data.chunkRows() * samples.bytesPerSample());
        }
        return loop.train(() -> stopRequested);
      }
    } finally {
      // Not at the beginning: a request that comes while the network is made must not be lost.
      stopRequested = false;
    }
  }
}
