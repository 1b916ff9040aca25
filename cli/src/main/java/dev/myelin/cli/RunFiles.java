package dev.myelin.cli;

import dev.myelin.Profile;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a training leaves besides its model: a timeline, a report, or neither. */
final class RunFiles {
  private final ReportOptions options;
  private final Profile profile;
  private final RunReport report;
  private final Map<String, Path> paths = new LinkedHashMap<>();

  /**
   * @param profile of the device that trains; null when no timeline is wanted
   */
  RunFiles(ReportOptions options, Profile profile, RunReport report) {
    this.options = options;
    this.profile = profile;
    this.report = report;
  }

  /** What is to hear of the training. */
  TrainingListener listener(TrainingListener next) {
    return profile == null ? next : new PhaseListener(profile, next);
  }

  /** Writes what is wanted; see {@link RunReport#write}. */
  void write(TrainingResult result, Evaluation test, TrainedModel model, Mlp mlp, Path savedModel) {
    if (profile != null) {
      // First, for a report asks the network more than a training would.
      profile.writeTimeline(options.profile);
      paths.put("profile", options.profile);
    }
    if (options.report != null) {
      report.write(options.report, result, test, model, mlp, savedModel);
      paths.put("report", options.report);
    }
  }

  /** What has been written, by its kind. */
  Map<String, Path> paths() {
    return paths;
  }
}
