package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** One call of {@link Trainer#fit}, once all that it needs is on the device. */
final class TrainingLoop implements AutoCloseable {
  /**
   * Losses are added up on the device in float32, but not for longer: the sum of so many is off by
   * at most 256 * 2^-24, a 65,000th, that of the million steps of a long epoch by a hundredth.
   */
  private static final int LOSSES_PER_SUM = 256;

  private static final float[] ZERO = new float[1];

  private final Mlp mlp;
  private final TrainingOptions options;
  private final Backend backend;
  private final int samples;
  private final int stepsPerEpoch;
  private final SampleFeed data;
  private final Evaluator evaluator;
  private final TrainingListener listener;
  private final CheckpointWriter checkpoints;
  private final TrainingState state;
  private final TrainingStep fullStep;
  private final TrainingStep raggedStep;
  private final BestParameters best;
  private final List<EpochReport> reports = new ArrayList<>();
  private final float[] rateTable;
  private final float[] lossSum = new float[1];
  private final int[] correct = new int[1];

  /** Since the beginning; wraps around in runs of more than 2^31 steps, which is no harm there. */
  private int stepsDone;

  /** Done of the epoch so far; 0 between two. */
  private int stepInEpoch;

  /** Of the epoch so far, without what is still on the device. */
  private double lossOfEpoch;

  /** When the epoch began, or would have without the interruption. */
  private long begunNanos;

  /**
   * @param evaluator null without validation
   * @param checkpoints null for none
   */
  TrainingLoop(
      Mlp mlp,
      TrainingOptions options,
      SampleFeed data,
      TensorArena arena,
      int samples,
      Evaluator evaluator,
      TrainingListener listener,
      CheckpointWriter checkpoints) {
    this.mlp = mlp;
    this.options = options;
    this.backend = mlp.backend();
    this.samples = samples;
    this.data = data;
    this.evaluator = evaluator;
    this.listener = listener;
    this.checkpoints = checkpoints;
    int batchSize = Math.min(options.batchSize(), samples);
    int ragged = samples % batchSize;
    stepsPerEpoch = samples / batchSize + (ragged > 0 ? 1 : 0);
    if (checkpoints != null) {
      requireCountable((long) stepsPerEpoch * options.epochs());
    }
    rateTable = new float[Math.multiplyExact(stepsPerEpoch, 3)];
    state = new TrainingState(arena, mlp, options.optimizer(), stepsPerEpoch);
    BatchTensors batch =
        BatchTensors.forTraining(arena, mlp.spec(), options.loss(), options.rule(), batchSize);
    fullStep = step(data, batch, arena);
    try {
      raggedStep = ragged > 0 ? step(data, batch.rows(ragged), arena) : null;
    } catch (RuntimeException | Error failure) {
      fullStep.close();
      throw failure;
    }
    best = new BestParameters(mlp, options.patience());
  }

  /** Checkpoints count steps in 31 bits. */
  private void requireCountable(long steps) {
    if (steps > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              "%d epochs of %d steps are %d steps, and checkpoints count at most %d: take"
                  + " larger batches or fewer epochs",
              options.epochs(), stepsPerEpoch, steps, Integer.MAX_VALUE));
    }
  }

  private TrainingStep step(SampleFeed data, BatchTensors batch, TensorArena arena) {
    Tensor increments = arena.upload("increments", new int[] {1, batch.batch(), 1}, 3);
    return new TrainingStep(mlp, options, data, state, batch, increments);
  }

  /**
   * Trains from the checkpoint, or from the beginning.
   *
   * @param stop asked before each step
   */
  TrainingResult train(BooleanSupplier stop) {
    resume();
    for (int epoch = stepsDone / stepsPerEpoch + 1; epoch <= options.epochs(); epoch++) {
      if (!trainEpoch(epoch, stop)) {
        requireFiniteParameters(epoch);
        saveCheckpoint();
        return new TrainingResult(reports, TrainingResult.End.STOP_REQUESTED, epoch - 1);
      }
      if (options.rule().isLearnt(reports.get(epoch - 1))) {
        return finish(TrainingResult.End.NO_MISTAKE_LEFT, epoch);
      }
      if (best.isExhausted()) {
        return finish(TrainingResult.End.EARLY_STOPPING, best.epoch());
      }
      if (epoch < options.epochs()) {
        saveCheckpointIfDue(true);
      }
    }
    int epoch = options.patience() > 0 ? best.epoch() : options.epochs();
    return finish(TrainingResult.End.ALL_EPOCHS, epoch);
  }

  private TrainingResult finish(TrainingResult.End end, int bestEpoch) {
    best.restore();
    requireFiniteParameters(reports.size());
    if (checkpoints != null) {
      checkpoints.saveFinished(state, position(0, 0, 0), reports, end, bestEpoch);
    }
    return new TrainingResult(reports, end, bestEpoch);
  }

  /** Returns false when a stop was requested before the epoch's end. */
  private boolean trainEpoch(int epoch, BooleanSupplier stop) {
    double learningRate = beginEpoch(epoch);
    for (int step = stepInEpoch + 1; step <= stepsPerEpoch; step++) {
      if (stop.getAsBoolean()) {
        return false;
      }
      takeStep();
      stepsDone++;
      stepInEpoch = step;
      if (step % LOSSES_PER_SUM == 0) {
        takeLossSum();
      }
      listener.stepDone(epoch, step, stepsPerEpoch);
      if (step < stepsPerEpoch) {
        saveCheckpointIfDue(false);
      }
    }
    stepInEpoch = 0;
    endEpoch(epoch, learningRate);
    return true;
  }

  private void takeStep() {
    data.beforeStep(stepInEpoch);
    if (stepInEpoch > 0 && data.firstRow(stepInEpoch) == 0) {
      // The steps count on; what they read begins anew.
      backend.upload(new int[1], state.firstSample);
    }
    boolean isRagged = stepInEpoch == stepsPerEpoch - 1 && raggedStep != null;
    (isRagged ? raggedStep : fullStep).run();
  }

  private void endEpoch(int epoch, double learningRate) {
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
  }

  /** Moves what the device has added up into a sum in float64. */
  private void takeLossSum() {
    backend.download(state.lossSum, lossSum);
    lossOfEpoch += lossSum[0];
    backend.upload(ZERO, state.lossSum);
  }

  /**
   * Uploads what the epoch's steps read; returns the last step's learning rate. Sums begin anew
   * unless the epoch is resumed in its midst.
   */
  private double beginEpoch(int epoch) {
    Philox random = new Philox(options.seed(), RandomStreams.SHUFFLE + epoch);
    int[] order = options.shuffle() ? random.permutation(samples) : identity(samples);
    data.beginEpoch(order, stepInEpoch);
    double rate = 0;
    long totalSteps = (long) stepsPerEpoch * options.epochs();
    for (int i = 0; i < stepsPerEpoch; i++) {
      long step = (epoch - 1L) * stepsPerEpoch + i;
      rate = options.learningRate() * options.schedule().factor(step, stepsPerEpoch, totalSteps);
      options.optimizer().rates(rate, step + 1, rateTable, i * 3);
    }
    backend.upload(rateTable, state.rateTable);
    backend.upload(new int[] {stepInEpoch, data.firstRow(stepInEpoch), stepsDone}, state.counters);
    if (stepInEpoch == 0) {
      begunNanos = System.nanoTime();
      lossOfEpoch = 0;
      backend.upload(ZERO, state.lossSum);
      backend.upload(new int[1], state.correct);
    }
    return rate;
  }

  private static int[] identity(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    return order;
  }

  private void resume() {
    if (checkpoints == null || checkpoints.resumed().isEmpty()) {
      return;
    }
    Checkpoint from = checkpoints.resumed().get();
    checkpoints.restore(state);
    from.best().ifPresent(best::resume);
    reports.addAll(from.reports());
    Checkpoint.Position position = from.position();
    stepsDone = position.step();
    stepInEpoch = position.stepInEpoch();
    lossOfEpoch = position.lossSum();
    backend.upload(new float[] {position.lossSumOnDevice()}, state.lossSum);
    backend.upload(new int[] {position.correct()}, state.correct);
    listener.resumed(from);
    begunNanos = System.nanoTime() - position.elapsedNanos();
  }

  private void saveCheckpointIfDue(boolean isEpochDone) {
    if (checkpoints != null && checkpoints.isDueAfter(stepsDone, isEpochDone)) {
      saveCheckpoint();
    }
  }

  private void saveCheckpoint() {
    if (checkpoints == null) {
      return;
    }
    boolean isMidst = stepInEpoch != 0;
    if (isMidst) {
      // Read, not taken: a run with checkpoints adds up the same floats as one without.
      backend.download(state.lossSum, lossSum);
      backend.download(state.correct, correct);
    }
    Checkpoint.Position position =
        isMidst ? position(lossOfEpoch, lossSum[0], correct[0]) : position(0, 0, 0);
    checkpoints.save(state, position, reports, best.state());
  }

  private Checkpoint.Position position(double sum, float sumOnDevice, int right) {
    boolean isMidst = stepInEpoch != 0;
    long elapsedNanos = isMidst ? System.nanoTime() - begunNanos : 0;
    return new Checkpoint.Position(stepsDone, stepsPerEpoch, sum, sumOnDevice, right, elapsedNanos);
  }

  /**
   * The loss is measured before an update; the last update may have been the one that broke things.
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
    try {
      fullStep.close();
    } finally {
      if (raggedStep != null) {
        raggedStep.close();
      }
    }
  }
}
