package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.io.AtomicFile;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Predictor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Applies a saved model to samples. */
@Command(
    name = "predict",
    customSynopsis = "myelin predict --model FILE [OPTIONS]",
    description = "Applies a saved model to samples and prints a CSV row for each, in their order.",
    sortOptions = false,
    footer = {
      "",
      "For classes: the predicted one, then the probability of each. For numbers: the",
      "value in the unit of the data. A CSV file may have the target or not. Of IDX",
      "files the test images are taken (t10k-*), of npz files x, or x_test, of a",
      "generated set all samples.",
      "",
      "Examples:",
      "  myelin predict --model myelin-wine.safetensors --data new.csv --out new-wine.csv",
      "  myelin predict --model torch.safetensors --activation relu,tanh --data new.csv"
    })
final class PredictCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 1000;

  private final Screen screen;

  @Mixin private ModelOptions modelOptions;

  @Mixin private OutputOptions output;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where the rows go, whole or not at all. Default: standard output")
  private Path target;

  @ArgGroup(exclusive = false, validate = false, heading = "%nData:%n", order = 1)
  private final DataOptions data = new DataOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nDevice:%n", order = 2)
  private final DeviceOptions device = new DeviceOptions();

  PredictCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    if (output.json) {
      throw new UsageException("--json is not for predict, which writes CSV");
    }
    Backends.Selection selection = device.select();
    TrainedModel model = modelOptions.load();
    float[] features = DataSource.of(data).forPrediction(model);
    try (Backend backend = device.open(selection);
        Mlp mlp = model.on(backend);
        Predictor predictor = new Predictor(mlp, BATCH_SIZE)) {
      write(new PredictionTable(model, predictor.predict(features)));
      return ExitCode.OK;
    }
  }

  private void write(PredictionTable table) {
    if (target != null) {
      AtomicFile.write(target, table::writeTo);
      if (!output.quiet) {
        screen.err().println(Numbers.count(table.rows()) + " predictions written to " + target);
      }
      return;
    }
    try {
      table.writeTo(screen.out());
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot write to standard output", cause);
    }
  }
}
