package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backends;
import dev.myelin.TuningReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What 'tune' prints; the measuring itself is the backends' and tested there. */
class TuneCommandTest {
  private static final TuningReport REPORT =
      new TuningReport(
          List.of(
              new TuningReport.Setting(
                  "tiles, at 1024 x 1024",
                  List.of(
                      new TuningReport.Candidate("64 x 64", 100, 1, false, ""),
                      new TuningReport.Candidate("64 x 128", 1234.56, 1.25, true, ""),
                      new TuningReport.Candidate(
                          "128 x 128", Double.NaN, Double.NaN, false, "gives another result")))),
          Path.of("somewhere", "tuning.json"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private TuningPrinter printer(String terminal, boolean isWordy) {
    Screen screen =
        new Screen(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            Map.of());
    return new TuningPrinter(screen, Backends.select("cpu"), isWordy);
  }

  @Test
  void tune_ofTheCpu_saysThatThereIsNothingToTune() {
    CommandLineRun run = CommandLineRun.of("tune", "--device", "cpu");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.outLine("Settings").contains("nothing to tune on cpu"), run.out());
    assertEquals("", run.err());
  }

  @Test
  void tune_ofTheCpu_asJson_hasNoSettings() {
    CommandLineRun run = CommandLineRun.of("tune", "--device", "cpu", "--json");
    assertEquals(List.of(), run.json().get("settings"));
    assertNull(run.json().get("saved"));
  }

  @Test
  void tune_ofADeviceThatIsNotThere_isFour() {
    CommandLineRun run = CommandLineRun.of("tune", "--device", "abacus");
    assertEquals(4, run.exitCode());
    assertTrue(run.err().startsWith("error: device abacus"), run.err());
  }

  @Test
  void report_isATableWithTheChosenOneMarked() {
    printer("", true).print(Optional.of(REPORT));
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(
        List.of(
            "tiles, at 1024 x 1024                   ",
            "                                           GFLOP/s  of default",
            "  64 x 64                                    100.0     100.00%  default",
            "  64 x 128                                 1,234.6     125.00%  chosen",
            "  128 x 128                                      -           -  gives another result",
            "",
            "Saved     " + REPORT.file()),
        lines.subList(2, lines.size()));
  }

  @Test
  void report_whenQuiet_isWhatWasChosen() {
    printer("", false).print(Optional.of(REPORT));
    assertEquals("tiles, at 1024 x 1024: 64 x 128\n", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  @SuppressWarnings("unchecked")
  void report_asJson_hasNullForWhatCouldNotBeMeasured() {
    Map<String, Object> json = printer("", true).json(Optional.of(REPORT));
    Map<String, Object> setting = ((List<Map<String, Object>>) json.get("settings")).get(0);
    assertEquals("64 x 64", setting.get("default"));
    assertEquals("64 x 128", setting.get("chosen"));
    List<Map<String, Object>> candidates = (List<Map<String, Object>>) setting.get("candidates");
    assertEquals(1.25, candidates.get(1).get("speedup"));
    assertNull(candidates.get(2).get("gflops"));
    assertEquals(REPORT.file().toString(), json.get("saved"));
  }

  @Test
  void progress_onATerminal_rewritesOneLineAndLeavesNothing() {
    TuningPrinter printer = printer("err,20", true);
    printer.showProgress("checking the first of many");
    printer.showProgress("the second");
    printer.eraseProgress();
    assertEquals(
        "\rchecking the first \u001b[K\rthe second\u001b[K\r\u001b[K",
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void progress_elsewhere_isALineEach_andNoneWhenQuiet() {
    printer("", true).showProgress("the first");
    printer("", false).showProgress("the second");
    assertEquals("the first\n", err.toString(StandardCharsets.UTF_8));
  }
}
