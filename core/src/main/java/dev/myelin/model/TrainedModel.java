package dev.myelin.model;

import dev.myelin.Backend;
import dev.myelin.ShapeMismatchException;
import dev.myelin.data.Dataset;
import dev.myelin.data.Standardizer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Predictions;
import dev.myelin.nn.Predictor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A trained network on the host, with all that it takes to use it on new data. Nothing in it
 * changes: any number of threads may share one and predict at once, each on a backend of its own.
 *
 * @param spec the network's shape
 * @param parameters its weights and biases, in the order and with the names of PyTorch's
 *     nn.Sequential
 * @param loss that it was trained with
 * @param classNames what each output stands for; empty for regression
 * @param targetNames what each output predicts; empty for classification
 * @param featureNames what each input is called; empty when they have no names
 * @param features how inputs are to be standardised; empty for not at all
 * @param targets how outputs were standardised, to be undone; empty for not at all
 */
public record TrainedModel(
    MlpSpec spec,
    List<NamedParameter> parameters,
    Loss loss,
    List<String> classNames,
    List<String> targetNames,
    List<String> featureNames,
    Optional<Standardizer> features,
    Optional<Standardizer> targets) {

  private static final int BATCH_SIZE = 1000;

  public TrainedModel {
    parameters = List.copyOf(parameters);
    classNames = List.copyOf(classNames);
    targetNames = List.copyOf(targetNames);
    featureNames = List.copyOf(featureNames);
  }

  /**
   * A network as it is now, with the names of the data that it was trained on.
   *
   * @param loss that it was trained with
   * @param training the samples as the network saw them; {@link #withStandardizers} says how they
   *     came to be
   */
  public static TrainedModel of(Mlp network, Loss loss, Dataset training) {
    return new TrainedModel(
        network.spec(),
        network.stateDict(),
        loss,
        training.classNames(),
        training.targetNames(),
        training.featureNames(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same model for data that are to be standardized first. */
  public TrainedModel withStandardizers(
      Optional<Standardizer> featureStandardizer, Optional<Standardizer> targetStandardizer) {
    return new TrainedModel(
        spec,
        parameters,
        loss,
        classNames,
        targetNames,
        featureNames,
        featureStandardizer,
        targetStandardizer);
  }

  /** Whether it tells classes apart; else it predicts numbers. */
  public boolean isClassification() {
    return !classNames.isEmpty();
  }

  /** The network on a device; the caller closes it. */
  public Mlp on(Backend backend) {
    return Mlp.of(backend, spec, parameters);
  }

  /**
   * What the model says of samples, from features as they are in the data: for each a probability
   * per class, in the order of {@link #classNames} ({@link Predictions#scores}), or the predicted
   * values in the unit of the data. NaN among the features gives NaN.
   *
   * <p>The parameters travel to the device and back out of it each time; a program that predicts
   * often keeps {@link #on} and a {@link Predictor}.
   *
   * @param samples [samples][inputs]
   * @throws ShapeMismatchException naming the first sample that is not as long as the inputs
   */
  public float[][] predict(Backend backend, float[][] samples) {
    float[] rows = joined(samples);
    float[] inputs = features.map(it -> it.apply(rows)).orElse(rows);
    float[] outputs = outputs(backend, inputs);
    float[] values = targets.map(it -> it.invert(outputs)).orElse(outputs);
    float[][] predictions = new float[samples.length][];
    for (int i = 0; i < samples.length; i++) {
      if (isClassification()) {
        double[] scores = Predictions.scores(spec, loss, outputs, i);
        predictions[i] = new float[scores.length];
        for (int j = 0; j < scores.length; j++) {
          predictions[i][j] = (float) scores[j];
        }
      } else {
        int from = i * spec.outputs();
        predictions[i] = Arrays.copyOfRange(values, from, from + spec.outputs());
      }
    }
    return predictions;
  }

  private float[] joined(float[][] samples) {
    int inputs = spec.inputs();
    float[] rows = new float[Math.multiplyExact(samples.length, inputs)];
    for (int i = 0; i < samples.length; i++) {
      if (samples[i].length != inputs) {
        throw new ShapeMismatchException(
            String.format(
                "sample %d (counted from 0) has %d features, but network %s takes %d",
                i, samples[i].length, spec, inputs));
      }
      System.arraycopy(samples[i], 0, rows, i * inputs, inputs);
    }
    return rows;
  }

  private float[] outputs(Backend backend, float[] inputs) {
    int samples = inputs.length / spec.inputs();
    try (Mlp network = on(backend);
        Predictor predictor = new Predictor(network, Math.max(1, Math.min(BATCH_SIZE, samples)))) {
      return predictor.predict(inputs);
    }
  }

  /**
   * Writes the model, whole or not at all; see {@link ModelFile} for the format.
   *
   * @throws java.io.UncheckedIOException when the file cannot be written; one that was there before
   *     is untouched
   */
  public void save(Path file) {
    ModelFile.write(file, this);
  }

  /**
   * Reads what {@link #save} wrote. Other tools' files are for {@link StateDictFile}.
   *
   * @throws dev.myelin.io.InvalidModelException when the file is damaged, is no model of ours, or
   *     holds a parameter that is not finite
   */
  public static TrainedModel load(Path file) {
    return ModelFile.read(file);
  }

  /**
   * Whether a safetensors file says all of a model, as those that {@link #save} wrote do, or only
   * its parameters.
   *
   * @throws dev.myelin.io.InvalidModelException when it is no safetensors file
   */
  public static boolean isDescribedIn(Path file) {
    return ModelFile.hasDescription(file);
  }
}
