package dev.myelin.model;

import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.TrainingResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@link Checkpoint} without its tensors, as a JSON document. Fractions are texts, since JSON has
 * no NaN and a loss may be one; they are read back to the same bits.
 */
final class CheckpointDescription {
  private static final long FORMAT_VERSION = 1;
  private static final String NAME = "name";
  private static final String VALUE = "value";

  private CheckpointDescription() {}

  static Map<String, Object> toJson(Checkpoint checkpoint) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("formatVersion", FORMAT_VERSION);
    document.put("device", checkpoint.device());
    List<Object> run = new ArrayList<>();
    // A list, for its order is that in which a reader is told of differences.
    checkpoint.run().forEach((name, value) -> run.add(Map.of(NAME, name, VALUE, value)));
    document.put("run", run);
    Checkpoint.Position position = checkpoint.position();
    document.put("step", position.step());
    document.put("stepsPerEpoch", position.stepsPerEpoch());
    document.put("lossSum", text(position.lossSum()));
    document.put("lossSumOnDevice", text(position.lossSumOnDevice()));
    document.put("correct", position.correct());
    document.put("elapsedNanos", position.elapsedNanos());
    document.put(
        "epochs", checkpoint.reports().stream().map(CheckpointDescription::toJson).toList());
    checkpoint.best().ifPresent(best -> document.put("best", toJson(best)));
    checkpoint.finish().ifPresent(finish -> document.put("finish", toJson(finish)));
    return document;
  }

  private static Map<String, Object> toJson(EpochReport report) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("epoch", report.epoch());
    entry.put("loss", text(report.loss()));
    entry.put("trainAccuracy", text(report.trainAccuracy()));
    entry.put("learningRate", text(report.learningRate()));
    entry.put("samples", report.samples());
    entry.put("elapsedNanos", report.elapsedNanos());
    Metrics metrics = report.validation();
    if (metrics != null) {
      Map<String, Object> validation = new LinkedHashMap<>();
      validation.put("loss", text(metrics.loss()));
      validation.put("accuracy", text(metrics.accuracy()));
      validation.put("rmse", text(metrics.rmse()));
      validation.put("r2", text(metrics.r2()));
      validation.put("samples", metrics.samples());
      entry.put("validation", validation);
    }
    return entry;
  }

  private static Map<String, Object> toJson(Checkpoint.Best best) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("loss", text(best.loss()));
    entry.put("epoch", best.epoch());
    entry.put("epochsWithoutGain", best.epochsWithoutGain());
    return entry;
  }

  private static Map<String, Object> toJson(Checkpoint.Finish finish) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("end", finish.end().name());
    entry.put("bestEpoch", finish.bestEpoch());
    return entry;
  }

  static Checkpoint fromJson(
      Object json,
      List<NamedParameter> parameters,
      List<float[]> moments,
      List<NamedParameter> bestParameters) {
    JsonFields document = new JsonFields("the checkpoint's description", json);
    long version = document.integer("formatVersion");
    if (version != FORMAT_VERSION) {
      throw new ModelDescription.Fault(
          "format version " + version + " is not " + FORMAT_VERSION + ", the one known");
    }
    Map<String, String> run = new LinkedHashMap<>();
    document.objects("run").forEach(each -> run.put(each.text(NAME), each.text(VALUE)));
    Checkpoint.Position position =
        new Checkpoint.Position(
            integer(document, "step"),
            integer(document, "stepsPerEpoch"),
            fraction(document, "lossSum"),
            // A float passes through a double and its text unchanged.
            (float) fraction(document, "lossSumOnDevice"),
            integer(document, "correct"),
            document.integer("elapsedNanos"));
    Optional<Checkpoint.Best> best =
        document
            .object("best")
            .map(
                entry ->
                    new Checkpoint.Best(
                        bestParameters,
                        fraction(entry, "loss"),
                        integer(entry, "epoch"),
                        integer(entry, "epochsWithoutGain")));
    Optional<Checkpoint.Finish> finish =
        document
            .object("finish")
            .map(
                entry ->
                    new Checkpoint.Finish(
                        TrainingResult.End.valueOf(entry.text("end")),
                        integer(entry, "bestEpoch")));
    return new Checkpoint(
        run,
        document.text("device"),
        position,
        document.objects("epochs").stream().map(CheckpointDescription::report).toList(),
        parameters,
        moments,
        best,
        finish);
  }

  private static EpochReport report(JsonFields entry) {
    Metrics validation =
        entry
            .object("validation")
            .map(
                metrics ->
                    new Metrics(
                        fraction(metrics, "loss"),
                        fraction(metrics, "accuracy"),
                        fraction(metrics, "rmse"),
                        fraction(metrics, "r2"),
                        integer(metrics, "samples")))
            .orElse(null);
    return new EpochReport(
        integer(entry, "epoch"),
        fraction(entry, "loss"),
        fraction(entry, "trainAccuracy"),
        validation,
        fraction(entry, "learningRate"),
        entry.integer("samples"),
        entry.integer("elapsedNanos"));
  }

  private static String text(double value) {
    return Double.toString(value);
  }

  private static double fraction(JsonFields fields, String key) {
    return Double.parseDouble(fields.text(key));
  }

  private static int integer(JsonFields fields, String key) {
    return Math.toIntExact(fields.integer(key));
  }
}
