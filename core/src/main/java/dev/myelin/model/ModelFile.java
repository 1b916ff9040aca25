package dev.myelin.model;

import dev.myelin.ShapeMismatchException;
import dev.myelin.io.InvalidJsonException;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.io.TensorInfo;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The format of a {@link TrainedModel}: a safetensors file that PyTorch opens as the state dict of
 * an nn.Sequential, with a JSON document under the key {@value #DESCRIPTION_KEY} of its metadata
 * that says the rest.
 */
final class ModelFile {
  private static final String DESCRIPTION_KEY = "myelin";

  private ModelFile() {}

  static void write(Path file, TrainedModel model) {
    List<NamedFloats> tensors = new ArrayList<>();
    for (NamedParameter parameter : model.parameters()) {
      tensors.add(new NamedFloats(parameter.name(), parameter.values(), parameter.shape()));
    }
    String description = Json.write(ModelDescription.toJson(model));
    SafeTensors.write(file, tensors, Map.of(DESCRIPTION_KEY, description));
  }

  static boolean hasDescription(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      return tensors.metadata().containsKey(DESCRIPTION_KEY);
    }
  }

  static TrainedModel read(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      String description = tensors.metadata().get(DESCRIPTION_KEY);
      if (description == null) {
        throw new InvalidModelException(
            file
                + ": the metadata has no entry '"
                + DESCRIPTION_KEY
                + "', so the network's activations are unknown. Give them, with --activation or"
                + " StateDictFile.withActivations, or train and save a model with Myelin.");
      }
      List<NamedParameter> parameters = new ArrayList<>();
      for (TensorInfo tensor : tensors.tensors()) {
        float[] values = tensors.floats(tensor.name());
        requireFinite(tensor.name(), values);
        parameters.add(new NamedParameter(tensor.name(), shape(file, tensor), values));
      }
      TrainedModel model = ModelDescription.fromJson(Json.read(description), parameters);
      model.spec().requireParameters(parameters);
      return model;
    } catch (InvalidJsonException | ShapeMismatchException | ModelDescription.Fault fault) {
      throw new InvalidModelException(
          file
              + ": "
              + fault.getMessage()
              + ". The file was damaged or written by another version; train and save the model"
              + " again.",
          fault);
    }
  }

  /** One NaN among the weights makes nonsense of every prediction, without a word. */
  static void requireFinite(String tensor, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelDescription.Fault(
            String.format(
                "tensor %s: element %d (counted from 0) must be a finite number, but is %s",
                tensor, i, values[i]));
      }
    }
  }

  static int[] shape(Path file, TensorInfo tensor) {
    int[] shape = new int[tensor.shape().size()];
    for (int axis = 0; axis < shape.length; axis++) {
      long length = tensor.shape().get(axis);
      if (length > Integer.MAX_VALUE) {
        throw new InvalidModelException(
            file
                + ": tensor "
                + tensor.name()
                + " has an axis of "
                + length
                + ", more than 2^31 - 1.");
      }
      shape[axis] = (int) length;
    }
    return shape;
  }
}
