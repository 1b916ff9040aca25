package dev.myelin.model;

import dev.myelin.Backend;
import dev.myelin.data.Standardizer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A trained network on the host, with all that it takes to use it on new data.
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

  public TrainedModel {
    parameters = List.copyOf(parameters);
    classNames = List.copyOf(classNames);
    targetNames = List.copyOf(targetNames);
    featureNames = List.copyOf(featureNames);
  }

  public boolean isClassification() {
    return !classNames.isEmpty();
  }

  /** The network on a device; the caller closes it. */
  public Mlp on(Backend backend) {
    return Mlp.of(backend, spec, parameters);
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
