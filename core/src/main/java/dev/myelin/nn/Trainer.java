package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a network in mini-batches on whichever device it lives.
 *
 * <p>Everything is allocated before the first step. The same seed gives the same bits on one
 * device. One trainer runs one {@link #fit} at a time; {@link #requestStop} may come from any
 * thread.
 */
public final class Trainer {
  /**
   * Losses are added up on the device in float32, but not for longer: the sum of so many is off by
   * at most 256 * 2^-24, a 65,000th, that of the million steps of a long epoch by a hundredth.
   */
  private static final int LOSSES_PER_SUM = 256;

  private static final float[] ZERO = new float[1];

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

  /**
   * Trains the network in place.
   *
   * @param validation judged after every epoch; null for none, which early stopping does not allow
   * @throws IllegalArgumentException when data, network and loss do not belong together
   * @throws DivergedException when the loss or a parameter is no longer finite
   * @throws dev.myelin.OutOfDeviceMemoryException before the first step; the network is as it was
   */
  public TrainingResult fit(
      Mlp mlp, Dataset training, Dataset validation, TrainingListener listener) {
    if (options.patience() > 0 && validation == null) {
      throw new IllegalArgumentException("early stopping needs validation data to judge by");
    }
    options.rule().requireFit(options, mlp.spec(), training);
    try (DeviceDataset data =
            new DeviceDataset(mlp.backend(), training, mlp.spec(), options.loss());
        Evaluator evaluator =
            validation == null
                ? null
                : new Evaluator(mlp, validation, options.loss(), options.batchSize());
        TensorArena arena = new TensorArena(mlp.backend(), "training")) {
      Run run = new Run(mlp, data, arena, training.samples(), evaluator, listener);
      try {
        return run.train();
      } finally {
        run.close();
      }
    } finally {
      // Not at the beginning: a request that comes while the network is made must not be lost.
      stopRequested = false;
    }
  }

  /** One call of {@link #fit}. */
  private final class Run implements AutoCloseable {
    private final Mlp mlp;
    private final Backend backend;
    private final int samples;
    private final int stepsPerEpoch;
    private final Evaluator evaluator;
    private final TrainingListener listener;
    private final TrainingState state;
    private final TrainingStep fullStep;
    private final TrainingStep raggedStep;
    private final BestParameters best;
    private final List<EpochReport> reports = new ArrayList<>();
    private final float[] rateTable;
    private final float[] lossSum = new float[1];
    private final int[] correct = new int[1];
    private int stepsDone;

    /** Of the epoch so far, without what is still on the device. */
    private double lossOfEpoch;

    Run(
        Mlp mlp,
        DeviceDataset data,
        TensorArena arena,
        int samples,
        Evaluator evaluator,
        TrainingListener listener) {
      this.mlp = mlp;
      this.backend = mlp.backend();
      this.samples = samples;
      this.evaluator = evaluator;
      this.listener = listener;
      int batchSize = Math.min(options.batchSize(), samples);
      int ragged = samples % batchSize;
      stepsPerEpoch = samples / batchSize + (ragged > 0 ? 1 : 0);
      rateTable = new float[stepsPerEpoch * 3];
      state = new TrainingState(arena, mlp, options.optimizer(), samples, stepsPerEpoch);
      BatchTensors batch =
          BatchTensors.forTraining(arena, mlp.spec(), options.loss(), options.rule(), batchSize);
      fullStep = step(data, batch, arena);
      raggedStep = ragged > 0 ? step(data, batch.rows(ragged), arena) : null;
      best = new BestParameters(mlp, options.patience());
    }

    private TrainingStep step(DeviceDataset data, BatchTensors batch, TensorArena arena) {
      Tensor increments = arena.upload("increments", new int[] {1, batch.batch(), 1}, 3);
      return new TrainingStep(mlp, options, data, state, batch, increments);
    }

    TrainingResult train() {
      for (int epoch = 1; epoch <= options.epochs(); epoch++) {
        if (!trainEpoch(epoch)) {
          requireFiniteParameters(epoch);
          return new TrainingResult(reports, TrainingResult.End.STOP_REQUESTED, epoch - 1);
        }
        if (options.rule().isLearnt(reports.get(epoch - 1))) {
          requireFiniteParameters(epoch);
          return new TrainingResult(reports, TrainingResult.End.NO_MISTAKE_LEFT, epoch);
        }
        if (best.isExhausted()) {
          best.restore();
          return new TrainingResult(reports, TrainingResult.End.EARLY_STOPPING, best.epoch());
        }
      }
      best.restore();
      requireFiniteParameters(options.epochs());
      int epoch = options.patience() > 0 ? best.epoch() : options.epochs();
      return new TrainingResult(reports, TrainingResult.End.ALL_EPOCHS, epoch);
    }

    /** Returns false when a stop was requested before the epoch's end. */
    private boolean trainEpoch(int epoch) {
      long begunNanos = System.nanoTime();
      double learningRate = beginEpoch(epoch);
      for (int step = 1; step <= stepsPerEpoch; step++) {
        if (stopRequested) {
          return false;
        }
        boolean isRagged = step == stepsPerEpoch && raggedStep != null;
        (isRagged ? raggedStep : fullStep).run();
        stepsDone++;
        if (step % LOSSES_PER_SUM == 0) {
          takeLossSum();
        }
        listener.stepDone(epoch, step, stepsPerEpoch);
      }
      takeLossSum();
      backend.download(state.correct, correct);
      long elapsedNanos = System.nanoTime() - begunNanos;
      double loss = options.loss().reduce(lossOfEpoch, samples, mlp.spec().outputs());
      if (!Double.isFinite(loss)) {
        throw new DivergedException(epoch, "the loss is " + loss, options.learningRate());
      }
      Metrics validation = evaluator == null ? null : evaluator.evaluate();
      if (validation != null && !Double.isFinite(validation.loss())) {
        throw new DivergedException(
            epoch, "the validation loss is " + validation.loss(), options.learningRate());
      }
      double accuracy = options.loss().takesLabels() ? (double) correct[0] / samples : Double.NaN;
      EpochReport report =
          new EpochReport(epoch, loss, accuracy, validation, learningRate, samples, elapsedNanos);
      reports.add(report);
      listener.epochDone(report);
      if (validation != null && options.patience() > 0) {
        best.offer(epoch, validation.loss());
      }
      return true;
    }

    /** Moves what the device has added up into a sum in float64. */
    private void takeLossSum() {
      backend.download(state.lossSum, lossSum);
      lossOfEpoch += lossSum[0];
      backend.upload(ZERO, state.lossSum);
    }

    /** Uploads what the epoch's steps read; returns the last step's learning rate. */
    private double beginEpoch(int epoch) {
      Philox random = new Philox(options.seed(), RandomStreams.SHUFFLE + epoch);
      int[] order = options.shuffle() ? random.permutation(samples) : identity(samples);
      backend.upload(order, state.order);
      double rate = 0;
      long totalSteps = (long) stepsPerEpoch * options.epochs();
      for (int i = 0; i < stepsPerEpoch; i++) {
        long step = stepsDone + (long) i;
        rate = options.learningRate() * options.schedule().factor(step, stepsPerEpoch, totalSteps);
        options.optimizer().rates(rate, step + 1, rateTable, i * 3);
      }
      backend.upload(rateTable, state.rateTable);
      backend.upload(new int[] {0, 0, stepsDone}, state.counters);
      lossOfEpoch = 0;
      backend.upload(ZERO, state.lossSum);
      backend.upload(new int[1], state.correct);
      return rate;
    }

    private static int[] identity(int count) {
      int[] order = new int[count];
      for (int i = 0; i < count; i++) {
        order[i] = i;
      }
      return order;
    }

    /**
     * The loss is measured before an update; the last update may have been the one that broke
     * things.
     */
    private void requireFiniteParameters(int epoch) {
      for (NamedParameter parameter : mlp.stateDict()) {
        for (float value : parameter.values()) {
          if (!Float.isFinite(value)) {
            throw new DivergedException(
                epoch, "parameter " + parameter.name() + " holds " + value, options.learningRate());
          }
        }
      }
    }

    @Override
    public void close() {
      fullStep.close();
      if (raggedStep != null) {
        raggedStep.close();
      }
    }
  }
}
