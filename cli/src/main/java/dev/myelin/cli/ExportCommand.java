package dev.myelin.cli;

import dev.myelin.Activation;
import dev.myelin.model.ExportFormat;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a saved model as a file for other tools. */
@Command(
    name = "export",
    customSynopsis = "myelin export --model FILE --to FORMAT [OPTIONS]",
    description = "Writes a saved model as a file for other tools.",
    sortOptions = false,
    footer = {
      "",
      "  onnx         a graph for onnxruntime, from features to labels and probabilities,",
      "               or to values: standardization, softmax and sigmoid are inside",
      "  safetensors  the parameters alone, for load_state_dict in PyTorch",
      "  npz          arrays for NumPy: parameters, activations, standardization, names",
      "",
      "Examples:",
      "  myelin export --model myelin-digits.safetensors --to onnx",
      "  myelin export --model torch.safetensors --activation relu --to onnx --out net.onnx"
    })
final class ExportCommand implements Callable<Integer> {
  /** Producer, signature or header begin within these. */
  private static final int BEGINNING_BYTES = 32;

  private final Screen screen;

  @Mixin private ModelOptions modelOptions;

  @Mixin private OutputOptions output;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      required = true,
      description = "onnx, safetensors or npz")
  private String to;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "where it goes; an earlier export of that format is replaced, any other file is left "
              + "alone. Default: beside the model, with the "
              + "format's ending; for safetensors, with .parameters before it")
  private Path target;

  ExportCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    if (output.json) {
      throw new UsageException("--json is not for export, which writes a file");
    }
    ExportFormat format = NetworkOptions.parsed("--to", () -> ExportFormat.of(to));
    Path file = target == null ? besideModel(format) : target;
    ModelDestination.requireWritable("--out", file);
    requireAnotherFile(file);
    requireOwnKind(file, format);
    TrainedModel model = modelOptions.load();
    NetworkOptions.parsed(
        "--to " + to,
        () -> {
          format.write(model, file);
          return file;
        });
    if (!output.quiet) {
      screen.out().println("Model     " + modelOptions.file + ": " + model.spec());
      screen.out().println("Exported  " + file);
      describe(format, model);
    }
    return ExitCode.OK;
  }

  private Path besideModel(ExportFormat format) {
    String name = String.valueOf(modelOptions.file.getFileName());
    String stem = name.replaceFirst("\\.[^.]+$", "");
    String insert = format == ExportFormat.SAFETENSORS ? ".parameters" : "";
    return modelOptions.file.resolveSibling(stem + insert + "." + format.ending());
  }

  /** The export of a model over itself would lose what the format has no place for. */
  private void requireAnotherFile(Path file) {
    try {
      if (Files.exists(file) && Files.isSameFile(file, modelOptions.file)) {
        throw new UsageException(file + ": is the model itself; give another file with --out");
      }
    } catch (IOException unknown) {
      throw new UsageException("--out " + file + ": " + unknown.getMessage(), unknown);
    }
  }

  /** Exports are told from other files by how they begin. */
  private static void requireOwnKind(Path file, ExportFormat format) {
    if (!Files.exists(file)) {
      return;
    }
    byte[] begin;
    try (InputStream in = Files.newInputStream(file)) {
      begin = in.readNBytes(BEGINNING_BYTES);
    } catch (IOException unreadable) {
      throw new UsageException("--out " + file + ": " + unreadable.getMessage(), unreadable);
    }
    String text = new String(begin, StandardCharsets.ISO_8859_1);
    boolean isOwnKind =
        switch (format) {
          case ONNX -> text.contains("Myelin");
          case SAFETENSORS -> text.startsWith("{", Long.BYTES);
          case NPZ -> text.startsWith("PK");
        };
    if (!isOwnKind) {
      throw new UsageException(
          file
              + " exists and is no "
              + format.ending()
              + " file of Myelin's, so it is left alone: give another file with --out, or remove"
              + " it");
    }
  }

  private void describe(ExportFormat format, TrainedModel model) {
    switch (format) {
      case ONNX ->
          screen
              .out()
              .printf(
                  Locale.ROOT,
                  "Inputs    features, float32 [batch, %d], not standardized; pixels divided by 255%n"
                      + "Outputs   %s%n",
                  model.spec().inputs(),
                  outputs(model));
      case SAFETENSORS -> {
        List<Layer> layers = model.spec().layers();
        if (layers.stream().allMatch(layer -> module(layer.activation()) != null)) {
          screen.out().println("Network   " + sequential(layers));
        } else {
          screen
              .out()
              .println(
                  "Note      PyTorch has no module of step, sign and maxout: its Linear modules can"
                      + " be loaded, their activations need code of your own");
        }
        if (model.features().isPresent() || model.targets().isPresent()) {
          screen
              .out()
              .println(
                  "Note      the data's means and deviations are not in this file: npz and onnx"
                      + " have them");
        }
      }
      case NPZ ->
          screen.out().println("Open      numpy.load(" + quoted(file(format)) + ")[\"0.weight\"]");
    }
  }

  private Path file(ExportFormat format) {
    return target == null ? besideModel(format) : target;
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String outputs(TrainedModel model) {
    if (!model.isClassification()) {
      return "values, float32 [batch, %d], in the unit of the data"
          .formatted(model.spec().outputs());
    }
    return "label, int64 [batch]; %s, float32 [batch, %d]"
        .formatted(
            switch (model.loss().outputFunction()) {
              case SOFTMAX, SIGMOID -> "probabilities";
              case IDENTITY -> "scores";
            },
            model.classNames().size());
  }

  /** The module that the parameters fit, in PyTorch's words. */
  private static String sequential(List<Layer> layers) {
    List<String> modules = new ArrayList<>();
    for (Layer layer : layers) {
      String bias = layer.bias() == Layer.Bias.NONE ? ", bias=False" : "";
      modules.add("Linear(" + layer.inputs() + ", " + layer.rows() + bias + ")");
      if (layer.activation().kind() != Activation.Kind.IDENTITY) {
        modules.add(module(layer.activation()));
      }
      if (layer.dropout() > 0) {
        modules.add("Dropout(" + layer.dropout() + ")");
      }
    }
    return "Sequential(" + String.join(", ", modules) + ")";
  }

  /** Null where PyTorch has none. */
  private static String module(Activation f) {
    return switch (f.kind()) {
      case IDENTITY -> "Identity()";
      case SIGMOID -> "Sigmoid()";
      case TANH -> "Tanh()";
      case RELU -> "ReLU()";
      case LEAKY_RELU -> "LeakyReLU(" + f.parameter() + ")";
      case ELU -> "ELU(" + f.parameter() + ")";
      case GELU -> "GELU()";
      case GELU_TANH -> "GELU(approximate=\"tanh\")";
      case SILU -> "SiLU()";
      case SOFTPLUS -> "Softplus()";
      case STEP, SIGN, MAXOUT -> null;
    };
  }
}
