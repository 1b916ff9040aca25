package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.io.Json;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges a saved model. */
@Command(
    name = "eval",
    customSynopsis = "myelin eval --model FILE [OPTIONS]",
    description = "Judges a saved model, by default on the samples that 'train' held back.",
    sortOptions = false,
    footer = {
      "",
      "To repeat the test of 'train', give its --data, --target, --seed, --samples and",
      "--test-split; 'train' prints the whole command. A file of new samples: --part all.",
      "",
      "Examples:",
      "  myelin eval --model myelin-digits.safetensors",
      "  myelin eval --model myelin-wine.safetensors --data new.csv --part all",
      "  myelin eval --model torch.safetensors --activation relu --data mnist/"
    })
final class EvalCommand implements Callable<Integer> {
  private final Screen screen;

  @Mixin private ModelOptions modelOptions;

  @Mixin private OutputOptions output;

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "test",
      description = "which samples: test, train or all. Default: ${DEFAULT-VALUE}")
  private Part part;

  @ArgGroup(exclusive = false, validate = false, heading = "%nData:%n", order = 1)
  private final DataOptions data = new DataOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nDevice:%n", order = 2)
  private final DeviceOptions device = new DeviceOptions();

  EvalCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    Backends.Selection selection = device.select();
    TrainedModel model = modelOptions.load();
    Dataset samples = DataSource.of(data).forEvaluation(model, part);
    try (Backend backend = device.open(selection);
        Mlp mlp = model.on(backend)) {
      Evaluation evaluation = Evaluation.of(model, mlp, samples);
      if (output.json) {
        printJson(selection, model, evaluation);
      } else {
        printText(selection, model, evaluation, samples);
      }
      return ExitCode.OK;
    }
  }

  private void printText(
      Backends.Selection selection, TrainedModel model, Evaluation evaluation, Dataset samples) {
    if (!output.quiet) {
      screen
          .out()
          .println("Device    " + selection.device().id() + ": " + selection.device().name());
      screen.out().println("Model     " + modelOptions.file + ": " + model.spec());
      screen.out().println("Data      " + data.data + ", " + described());
    }
    String label = part == Part.TEST ? "Test" : "Result";
    TestReport.print(screen, output.quiet, label, evaluation, samples);
  }

  private String described() {
    return switch (part) {
      case TEST -> "the test part";
      case TRAIN -> "the training part";
      case ALL -> "all samples";
    };
  }

  private void printJson(Backends.Selection selection, TrainedModel model, Evaluation evaluation) {
    Map<String, Object> document = JsonReport.document();
    document.put("device", JsonReport.device(selection, device.precision()));
    document.put("model", JsonReport.model(model.spec()));
    document.put("part", part.name().toLowerCase(Locale.ROOT));
    document.put("test", JsonReport.metrics(evaluation.metrics()));
    screen.out().println(Json.writeIndented(document));
  }
}
