package dev.myelin.nn;

import dev.myelin.DeviceInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a training run needs to go on as if it had never been interrupted, to the last bit.
 *
 * <p>What is drawn at random needs no state: order and dropout follow from seed, epoch and step.
 *
 * @param run what decides the run's result, in words: options, network, data; a run that differs in
 *     one of them is another run
 * @param device where it ran; elsewhere it can go on, to other bits
 * @param position how far it is
 * @param reports of the epochs that are finished
 * @param parameters of the network, all of them
 * @param moments the optimizer's blocks, each as long as the trained parameters
 * @param best what early stopping remembers; empty when it has nothing to remember
 * @param finish empty while there are steps to take
 */
public record Checkpoint(
    Map<String, String> run,
    String device,
    Position position,
    List<EpochReport> reports,
    List<NamedParameter> parameters,
    List<float[]> moments,
    Optional<Best> best,
    Optional<Finish> finish) {

  /**
   * Between two steps.
   *
   * @param step how many were taken since the beginning
   * @param stepsPerEpoch the ragged last batch counts as one
   * @param lossSum of the epoch so far, as the host has added it up
   * @param lossSumOnDevice what the device has added up since, still to be taken
   * @param correct samples of the epoch classified right so far
   * @param elapsedNanos in the epoch so far
   */
  public record Position(
      int step,
      int stepsPerEpoch,
      double lossSum,
      float lossSumOnDevice,
      int correct,
      long elapsedNanos) {

    /**
     * @throws IllegalArgumentException when no run can have come there
     */
    public Position {
      if (step < 0 || stepsPerEpoch < 1 || correct < 0 || elapsedNanos < 0) {
        throw new IllegalArgumentException(
            String.format(
                "step %d of %d an epoch, %d samples right, after %d ns: no run comes there",
                step, stepsPerEpoch, correct, elapsedNanos));
      }
    }

    /** The epoch of the next step, from 1. */
    public int epoch() {
      return step / stepsPerEpoch + 1;
    }

    /** How many steps of that epoch were taken. */
    public int stepInEpoch() {
      return step % stepsPerEpoch;
    }
  }

  /**
   * What early stopping remembers.
   *
   * @param parameters of the network at the end of the best epoch
   * @param loss of the validation then
   * @param epoch from 1
   * @param epochsWithoutGain since then
   */
  public record Best(
      List<NamedParameter> parameters, double loss, int epoch, int epochsWithoutGain) {
    public Best {
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * How a finished run ended; see {@link TrainingResult}.
   *
   * @param bestEpoch whose parameters the network holds
   */
  public record Finish(TrainingResult.End end, int bestEpoch) {}

  public Checkpoint {
    run = Collections.unmodifiableMap(new LinkedHashMap<>(run));
    reports = List.copyOf(reports);
    parameters = List.copyOf(parameters);
    moments = List.copyOf(moments);
  }

  /** How {@link #device} calls a device. */
  public static String deviceText(DeviceInfo device) {
    return device.id() + ": " + device.name() + ", " + device.detail();
  }
}
