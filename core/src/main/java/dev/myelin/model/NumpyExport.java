package dev.myelin.model;

import dev.myelin.data.Standardizer;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.NumpyArchive;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link TrainedModel} as arrays of NumPy: the parameters under their names in the state dict
 * ({@code 0.weight} is [out, in]), then all that it takes to use them.
 *
 * <ul>
 *   <li>{@code activations}, one per layer, and {@code loss}: as Myelin's options name them
 *   <li>{@code feature_means}, {@code feature_scales}: x = (features - means) / scales, float64
 *   <li>{@code target_means}, {@code target_scales}: values = outputs * scales + means, float64
 *   <li>{@code class_names}, {@code target_names}, {@code feature_names}
 * </ul>
 *
 * What the model does not have is left out.
 */
final class NumpyExport {
  private NumpyExport() {}

  static void write(TrainedModel model, Path file) {
    NumpyArchive archive = new NumpyArchive();
    for (NamedParameter parameter : model.parameters()) {
      archive.add(new NamedFloats(parameter.name(), parameter.values(), parameter.shape()));
    }
    archive.add(
        "activations", model.spec().layers().stream().map(it -> it.activation().text()).toList());
    archive.add("loss", model.loss().text());
    model.features().ifPresent(it -> add(archive, "feature", it));
    model.targets().ifPresent(it -> add(archive, "target", it));
    addNames(archive, "class_names", model.classNames());
    addNames(archive, "target_names", model.targetNames());
    addNames(archive, "feature_names", model.featureNames());
    archive.write(file);
  }

  private static void add(NumpyArchive archive, String what, Standardizer standardizer) {
    archive.add(what + "_means", standardizer.means());
    archive.add(what + "_scales", standardizer.scales());
  }

  private static void addNames(NumpyArchive archive, String name, List<String> names) {
    if (!names.isEmpty()) {
      archive.add(name, names);
    }
  }
}
