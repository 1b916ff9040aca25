package dev.myelin.model;

import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Files that other tools take a {@link TrainedModel} from. */
public enum ExportFormat {
  /**
   * A graph that onnxruntime runs, from features as they are in the data to labels and
   * probabilities, or to values in the unit of the data.
   */
  ONNX("onnx") {
    @Override
    public void write(TrainedModel model, Path file) {
      OnnxExport.write(model, file);
    }
  },

  /**
   * The parameters alone, as {@code safetensors.torch.load_file} hands them to {@code
   * load_state_dict}: for a program that has the network and the preparation of its data itself.
   * (The model file is of this format as well, and says the rest in its metadata.)
   */
  SAFETENSORS("safetensors") {
    @Override
    public void write(TrainedModel model, Path file) {
      List<NamedFloats> tensors =
          model.parameters().stream()
              .map(it -> new NamedFloats(it.name(), it.values(), it.shape()))
              .toList();
      SafeTensors.write(file, tensors, Map.of());
    }
  },

  /** Arrays that {@code numpy.load} opens: parameters, activations, standardization, names. */
  NPZ("npz") {
    @Override
    public void write(TrainedModel model, Path file) {
      NumpyExport.write(model, file);
    }
  };

  private final String ending;

  ExportFormat(String ending) {
    this.ending = ending;
  }

  /** How names of such files end, without the dot. */
  public String ending() {
    return ending;
  }

  /**
   * Writes the model, whole or not at all. The same model gives the same bytes.
   *
   * @throws java.io.UncheckedIOException when the file cannot be written; one that was there before
   *     is untouched
   * @throws IllegalArgumentException when the format cannot hold a model of this size
   */
  public abstract void write(TrainedModel model, Path file);

  /**
   * The format of a name: "onnx", "safetensors", "npz".
   *
   * @throws IllegalArgumentException naming the formats there are
   */
  public static ExportFormat of(String text) {
    for (ExportFormat format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "unknown format '" + text + "'; there are onnx, safetensors and npz");
  }
}
