package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.TuningReport;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Shows what tuning does and found. */
final class TuningPrinter {
  private final Screen screen;
  private final Backends.Selection selection;
  private final boolean isWordy;
  private final LiveLine liveLine;

  /**
   * @param isWordy false for results only
   */
  TuningPrinter(Screen screen, Backends.Selection selection, boolean isWordy) {
    this.screen = screen;
    this.selection = selection;
    this.isWordy = isWordy;
    this.liveLine = new LiveLine(screen);
  }

  /** On a terminal a line that rewrites itself, otherwise a line each. */
  void showProgress(String text) {
    if (!isWordy) {
      return;
    }
    if (screen.errIsTerminal()) {
      liveLine.show(text);
    } else {
      screen.err().println(text);
    }
  }

  void eraseProgress() {
    liveLine.erase();
  }

  void print(Optional<TuningReport> report) {
    PrintStream out = screen.out();
    if (isWordy) {
      out.println("Device    " + selection.device().id() + ": " + selection.device().name());
    }
    if (report.isEmpty()) {
      out.println("Settings  none: there is nothing to tune on " + selection.device().id());
      return;
    }
    for (TuningReport.Setting setting : report.get().settings()) {
      if (isWordy) {
        printTable(setting);
      } else {
        out.println(setting.name() + ": " + setting.chosen().value());
      }
    }
    if (isWordy) {
      out.println();
      out.println("Saved     " + report.get().file());
    }
  }

  private void printTable(TuningReport.Setting setting) {
    PrintStream out = screen.out();
    out.println();
    out.println(screen.outStyle().strong(String.format("%-40s", setting.name())));
    out.printf("%-40s %9s %11s%n", "", "GFLOP/s", "of default");
    List<TuningReport.Candidate> candidates = setting.candidates();
    for (int i = 0; i < candidates.size(); i++) {
      TuningReport.Candidate each = candidates.get(i);
      String remark =
          (i == 0 ? "default" : "")
              + (i == 0 && each.isChosen() ? ", " : "")
              + (each.isChosen() ? "chosen" : each.remark());
      String line =
          String.format(
              Locale.ROOT,
              "  %-38s %9s %11s  %s",
              each.value(),
              Double.isNaN(each.gflops())
                  ? "-"
                  : String.format(Locale.ROOT, "%,.1f", each.gflops()),
              Numbers.percent(each.speedup()),
              remark);
      out.println(line.stripTrailing());
    }
  }

  Map<String, Object> json(Optional<TuningReport> report) {
    Map<String, Object> document = JsonReport.document();
    document.put("device", JsonReport.device(selection.device(), selection.reason()));
    document.put(
        "settings",
        report.stream()
            .flatMap(each -> each.settings().stream())
            .map(TuningPrinter::json)
            .toList());
    document.put("saved", report.map(each -> each.file().toString()).orElse(null));
    return document;
  }

  private static Map<String, Object> json(TuningReport.Setting setting) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("setting", setting.name());
    json.put("default", setting.candidates().get(0).value());
    json.put("chosen", setting.chosen().value());
    json.put("candidates", setting.candidates().stream().map(TuningPrinter::json).toList());
    return json;
  }

  private static Map<String, Object> json(TuningReport.Candidate candidate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("value", candidate.value());
    json.put("gflops", JsonReport.number(candidate.gflops()));
    json.put("speedup", JsonReport.number(candidate.speedup()));
    json.put("remark", candidate.remark());
    return json;
  }
}
