package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Profile;
import dev.myelin.model.CheckpointFolder;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network, tests it, saves it. */
@Command(
    name = "train",
    customSynopsis = "myelin train [OPTIONS]",
    description = "Trains a network, tests it on samples that it has not seen, and saves it.",
    sortOptions = false,
    footer = {
      "",
      "Of the training samples, a tenth (at most 5,000) is held back for validation,",
      "that is for the table of epochs and --patience. The test samples are used once,",
      "at the end. Columns of CSV and npz files (not pixels) are standardised by what the",
      "training samples are like.",
      "One seed gives one model, bit for bit, on one device at any --threads; also of",
      "a run that was cut off at any moment and resumed: --checkpoint, --resume.",
      "",
      "Examples:",
      "  myelin train",
      "  myelin train --data spirals --report spirals.html",
      "  myelin train --data spirals --hidden 32,32 --activation tanh",
      "  myelin train --data wine.csv --target quality --task regression",
      "  myelin train --data mnist/ --layers 784,512,256,10 --epochs 10",
      "  myelin train --data and.csv --rule perceptron"
    })
final class TrainCommand implements Callable<Integer> {
  private final Screen screen;

  @Mixin private OutputOptions output;

  @ArgGroup(exclusive = false, validate = false, heading = "%nData:%n", order = 1)
  private final DataOptions data = new DataOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nNetwork:%n", order = 2)
  private final NetworkOptions network = new NetworkOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nTraining:%n", order = 3)
  private final OptimizationOptions optimization = new OptimizationOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nDevice:%n", order = 4)
  private final DeviceOptions device = new DeviceOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nCheckpoints:%n", order = 5)
  private final CheckpointOptions checkpoint = new CheckpointOptions();

  @Spec private CommandSpec command;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      defaultValue = "auto",
      description =
          "CSV and npz: auto, classification or regression. Default: auto, which takes words and few "
              + "different whole numbers for classes; of npz files all integers")
  private Task task;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "where the model goes. Default: myelin-DATA.safetensors in this directory. A model "
              + "there is replaced when training has ended well (when interrupted, what has been "
              + "learned goes beside it), any other file is left alone")
  private Path save;

  @Mixin private ReportOptions files;

  TrainCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    DeviceOptions.checkThreads(device.threads);
    // A device that is not there, or a wish that none can have, is said before data are read.
    BackendOptions wishes = device.options();
    Backends.Selection asked = device.isAuto() ? null : device.select();
    DataSource source = DataSource.of(data);
    Path file = ModelDestination.of(save, source);
    ModelDestination.check(file);
    files.check(file);
    checkpoint.check(device);
    if (asked != null) {
      asked.prepare();
    }
    try (CheckpointFolder folder = checkpoint.open(screen)) {
      return train(source, wishes, asked, file, folder);
    }
  }

  private int train(
      DataSource source,
      BackendOptions wishes,
      Backends.Selection asked,
      Path file,
      CheckpointFolder folder) {
    LearningRule rule = optimization.learningRule();
    if (rule == LearningRule.PERCEPTRON) {
      forPerceptron(source);
    }
    TrainingParts parts = TrainingParts.of(source.forTraining(task), data.seed);
    TrainingDefaults defaults = TrainingDefaults.of(parts.training(), rule);
    Loss loss = network.lossFor(parts.training(), rule);
    MlpSpec spec = network.specFor(parts.training(), loss, defaults.hidden(), rule);
    TrainingOptions options = optimization.toTrainingOptions(loss, defaults, data.seed);
    NetworkOptions.check("training", () -> rule.requireFit(options, spec, parts.training()));
    if (options.patience() > 0 && parts.validation() == null) {
      throw new UsageException(
          "--patience needs validation samples, but there are only "
              + parts.training().samples()
              + " samples to train on: give more, or leave it out");
    }
    Preparation preparation = source.preparationFor(parts.training());
    TrainingRun run = new TrainingRun(parts, preparation, spec, options, network.initializer(rule));
    Backends.Selection selection = asked == null ? DeviceTrial.fastest(run, wishes) : asked;
    CommandText text =
        new CommandText(
            command.root().commandLine().getParseResult().originalArgs(), selection.device());
    Profile profile = files.newProfile();
    try (Backend backend = ReportOptions.open(selection, wishes, profile)) {
      TrainingReport report =
          new TrainingReport(
              screen,
              output,
              selection,
              device.precision(),
              run,
              new CheckpointReport(screen, selection, checkpoint.directory(), text));
      report.begin();
      RunFiles written = new RunFiles(files, profile, new RunReport(run, selection, wishes, text));
      return train(run, backend, report, file, written, folder);
    }
  }

  /**
   * Whether the classes can be separated is asked of all samples, as long as none are held back.
   */
  private void forPerceptron(DataSource source) {
    if (device.isAuto()) {
      throw new UsageException(
          "--device auto tries how fast devices train on and on, but a perceptron ends: name the"
              + " device; for single samples cpu is fastest");
    }
    if (data.testSplit == null && !source.hasOwnTest()) {
      data.testSplit = 0.0;
    }
  }

  private int train(
      TrainingRun run,
      Backend backend,
      TrainingReport report,
      Path file,
      RunFiles written,
      CheckpointFolder folder) {
    Trainer trainer = new Trainer(run.options());
    return Interruption.during(
        trainer,
        () -> {
          try (Mlp mlp = run.createNetwork(backend)) {
            TrainingResult result =
                fit(run, trainer, mlp, report, written, checkpoint.policy(folder, device));
            TrainedModel model = run.toModel(mlp);
            boolean isInterrupted = result.end() == TrainingResult.End.STOP_REQUESTED;
            Path saved = isInterrupted ? ModelDestination.afterInterruption(file) : file;
            model.save(saved);
            Evaluation test = isInterrupted ? null : Evaluation.of(model, mlp, run.parts().test());
            try {
              written.write(result, test, model, mlp, saved);
            } finally {
              report.end(result, test, saved, data, written.paths());
            }
            return isInterrupted ? ExitCode.INTERRUPTED : ExitCode.OK;
          }
        });
  }

  private static TrainingResult fit(
      TrainingRun run,
      Trainer trainer,
      Mlp mlp,
      TrainingReport report,
      RunFiles written,
      Checkpointing checkpointing) {
    try {
      return run.fit(trainer, mlp, written.listener(report), checkpointing);
    } finally {
      report.endProgress();
    }
  }
}
