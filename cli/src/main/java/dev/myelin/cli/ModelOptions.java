package dev.myelin.cli;

import dev.myelin.Activation;
import dev.myelin.model.StateDictFile;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Which model, and what its file does not say when PyTorch wrote it. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description =
          "the model, as 'train' saved it, or a state dict of Linear modules that PyTorch saved "
              + "as safetensors")
  Path file;

  @Option(
      names = "--activation",
      paramLabel = "NAMES",
      description =
          "PyTorch's file: what stands between the layers, as for 'train': relu for all, or "
              + "relu,tanh one by one; with one more, after the last layer, too")
  private String activation;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "PyTorch's file: what the outputs are: logits of classes (cross_entropy, bce) or "
              + "numbers (mse, ...). Default: cross_entropy, if there are two outputs at least")
  private String loss;

  /**
   * Reads the model.
   *
   * @throws UsageException when the file says what an option says again, or an option is missing
   */
  TrainedModel load() {
    if (TrainedModel.isDescribedIn(file)) {
      refuse("--activation", activation);
      refuse("--loss", loss);
      return TrainedModel.load(file);
    }
    StateDictFile stateDict = StateDictFile.read(file);
    String what =
        "%s is a state dict of %s".formatted(file, counted(stateDict.layers(), stateDict.sizes()));
    if (activation == null) {
      throw new UsageException(
          what
              + (stateDict.layers() == 1
                  ? ": say with --activation what follows it (identity for nothing)"
                  : ": say with --activation what stands between them, as in --activation relu"));
    }
    int outputs = stateDict.sizes()[stateDict.layers()];
    if (loss == null && outputs == 1) {
      throw new UsageException(
          what + ": say what its one output is, with --loss bce a logit, with --loss mse a number");
    }
    Loss chosen =
        loss == null ? Loss.crossEntropy() : NetworkOptions.parsed("--loss", () -> Loss.of(loss));
    return NetworkOptions.parsed(
        "--activation " + activation,
        () -> stateDict.withActivations(activations(activation), chosen));
  }

  private static String counted(int layers, int[] sizes) {
    String joined = IntStream.of(sizes).mapToObj(String::valueOf).collect(Collectors.joining("-"));
    return layers == 1 ? "one Linear module, " + joined : layers + " Linear modules, " + joined;
  }

  private static List<Activation> activations(String text) {
    List<Activation> activations = new ArrayList<>();
    Arrays.stream(text.split(",", -1)).forEach(name -> activations.add(Activation.of(name)));
    return activations;
  }

  private void refuse(String option, String value) {
    if (value != null) {
      throw new UsageException(
          option + " is for files of PyTorch, but " + file + " says it itself: leave it out");
    }
  }
}
