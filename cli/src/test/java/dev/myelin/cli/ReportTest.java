package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --report} and {@code --profile} leave, and that they change nothing else. */
class ReportTest {
  @TempDir Path directory;

  private Path file(String name) {
    return directory.resolve(name);
  }

  private String report(Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of("train"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--save", file("m.safetensors"), "--report", file("r.html")));
    CommandLineRun run = CommandLineRun.of(all.toArray());
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("Report    " + file("r.html"), run.outLine("Report"));
    String page = Files.readString(file("r.html"));
    String text = page.replaceAll("base64,[^\"]*", "").replace("http-equiv", "");
    for (String unwanted : List.of("NaN", "Infinity", "http", "<script", "null")) {
      assertFalse(text.contains(unwanted), unwanted + " in " + text);
    }
    return page;
  }

  private static void assertContains(String page, String... parts) {
    for (String part : parts) {
      assertTrue(page.contains(part), part + " in " + page);
    }
  }

  @Test
  void ofTwoFeatures_hasAllThatWasPromised() throws IOException {
    String page = report("--data", "moons", "--epochs", 3, "--seed", 7);
    assertContains(
        page,
        "of 200 test samples are right</h1>",
        "Decision boundary between 2 classes",
        "Loss by epoch",
        "Accuracy by epoch",
        "class=\"confusion\"",
        "Histogram of the weights of 0.weight, 2 to 64, relu",
        "Histogram of the gradients of 4.weight, 64 to 2, output",
        "linearParameterGradients 0.weight [64, 2]",
        "cpu: ",
        ">7</td>",
        "on Java " + System.getProperty("java.version"),
        "<code>myelin train --device cpu --data moons --epochs 3 --seed 7 --save ");
  }

  @Test
  void ofOneFeature_hasTheFittedCurveAndErrors() throws IOException {
    String page = report("--data", "sine", "--epochs", 2);
    assertContains(page, "Fitted curve of y", "Errors of y", "Worst errors of 200 test samples");
    assertFalse(page.contains("Accuracy by epoch"));
  }

  @Test
  void ofImages_hasTheWorstMistakesAsImages() throws IOException {
    String page = report("--samples", 600, "--epochs", 2);
    assertContains(page, "<img alt=\"", "src=\"data:image/png;base64,", "Worst mistakes: ");
  }

  @Test
  void ofATable_hasPredictionsOverTruth_andEscapesNames() throws IOException {
    Path data = TestFiles.numbers(file("a<b>&.csv"));
    Files.writeString(data, Files.readString(data).replace("a,b,price", "<i>a,b&b,\"p\"\"rice\""));
    String page = report("--data", data, "--epochs", 2);
    assertContains(
        page, "Predicted over true p&quot;rice", "&lt;i&gt;a", "a&lt;b&gt;&amp;.csv: RMSE");
    assertFalse(page.contains("<i>"), page);
  }

  @Test
  void ofATableOfClasses_hasTheMistakesAsRows() throws IOException {
    Path data = TestFiles.classes(file("c.csv"));
    String page = report("--data", data, "--epochs", 1, "--hidden", 2, "--lr", 1e-6);
    assertContains(page, "taken for", "large", "small");
  }

  @Test
  void ofOneTestSample_andOneEpoch_isStillAPage() throws IOException {
    report("--data", "spirals", "--samples", 7, "--test-split", 0.1, "--epochs", 1);
    report("--data", "sine", "--samples", 7, "--test-split", 0.1, "--epochs", 1);
    report("--samples", 12, "--test-split", 0.1, "--epochs", 1);
  }

  @Test
  void ofOneFeatureWithClasses_andOfEachLoss_isAPage() throws IOException {
    StringBuilder text = new StringBuilder("x,kind\n");
    for (int i = 0; i < 60; i++) {
      text.append(i % 7).append(i % 7 > 3 ? ",up\n" : ",down\n");
    }
    Path data = Files.writeString(file("one.csv"), text);
    assertContains(report("--data", data, "--epochs", 2), "Probability of each class");
    for (String loss : List.of("bce", "mse")) {
      assertContains(report("--data", "moons", "--epochs", 2, "--loss", loss), "Decision boundary");
    }
  }

  @Test
  void ofMoreClassesThanAPictureHolds_saysSo() throws IOException {
    StringBuilder two = new StringBuilder("x,y,kind\n");
    StringBuilder one = new StringBuilder("x,kind\n");
    for (int i = 0; i < 160; i++) {
      two.append(i % 36).append(',').append(i % 5).append(",k").append(i % 36).append('\n');
      one.append(i % 8).append(",k").append(i % 8).append('\n');
    }
    Path ofTwo = Files.writeString(file("two.csv"), two);
    Path ofOne = Files.writeString(file("one.csv"), one);
    assertContains(
        report("--data", ofTwo, "--epochs", 1),
        "No picture of the 36 classes over the two features: at most 35");
    assertContains(
        report("--data", ofOne, "--epochs", 1),
        "No picture of the 8 classes over the feature: at most 7");
  }

  @Test
  void reportAndProfile_changeNoBitOfTheModel() throws IOException {
    Object[] plain = {"train", "--data", "moons", "--epochs", 2, "--dropout", 0.1, "--save", "?"};
    Object[] full = {
      "train",
      "--data",
      "moons",
      "--epochs",
      2,
      "--dropout",
      0.1,
      "--report",
      file("r.html"),
      "--profile",
      file("p.json"),
      "--json",
      "--save",
      "?"
    };
    plain[plain.length - 1] = file("plain");
    full[full.length - 1] = file("full");
    assertEquals(0, CommandLineRun.of(plain).exitCode());
    CommandLineRun run = CommandLineRun.of(full);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(file("r.html").toString(), run.json().get("report"));
    assertEquals(file("p.json").toString(), run.json().get("profile"));
    assertArrayEquals(Files.readAllBytes(file("plain")), Files.readAllBytes(file("full")));
  }

  @Test
  @SuppressWarnings("unchecked")
  void profile_isATimelineWhoseEventsNestOnEveryTrack() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            "moons",
            "--epochs",
            2,
            "--profile",
            file("p.json"),
            "--save",
            file("m"));
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("Profile   " + file("p.json"), run.outLine("Profile"));
    Map<String, Object> json = (Map<String, Object>) Json.read(Files.readAllBytes(file("p.json")));
    List<Map<String, Object>> events =
        ((List<Map<String, Object>>) json.get("traceEvents"))
            .stream().filter(event -> event.get("ph").equals("X")).toList();
    // 720 samples to train in batches of 32.
    assertEquals(2 * 23, events.stream().filter(e -> e.get("name").equals("step")).count());
    assertEquals(2, events.stream().filter(e -> e.get("name").equals("validation")).count());
    for (long track = 1; track <= 4; track++) {
      long tid = track;
      List<Map<String, Object>> onTrack =
          events.stream().filter(event -> event.get("tid").equals(tid)).toList();
      assertFalse(onTrack.isEmpty(), "track " + tid);
      assertNested(onTrack);
    }
  }

  private static long nanos(Map<String, Object> event, String member) {
    return Math.round(1e3 * (double) event.get(member));
  }

  /** Two events lie apart, or one within the other. */
  private static void assertNested(List<Map<String, Object>> events) {
    List<Map<String, Object>> sorted = new ArrayList<>(events);
    sorted.sort(
        Comparator.comparingLong((Map<String, Object> event) -> nanos(event, "ts"))
            .thenComparing(event -> -nanos(event, "dur")));
    List<Long> openEnds = new ArrayList<>();
    for (Map<String, Object> event : sorted) {
      long begin = nanos(event, "ts");
      long end = begin + nanos(event, "dur");
      openEnds.removeIf(open -> open <= begin);
      for (long open : openEnds) {
        assertTrue(end <= open, event + " reaches over " + open);
      }
      openEnds.add(end);
    }
  }

  @Test
  void anotherFile_isLeftAlone_beforeTrainingBegins() throws IOException {
    for (String option : List.of("--report", "--profile")) {
      Path letter = Files.writeString(file("letter"), "Dear <html>");
      CommandLineRun run =
          CommandLineRun.of("train", "--data", "moons", option, letter, "--save", file("m"));
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("so it is left alone: give another file with " + option));
      assertEquals("Dear <html>", Files.readString(letter));
      assertFalse(Files.exists(file("m")));
    }
  }

  @Test
  void anEarlierReportAndProfile_areReplaced() throws IOException {
    for (int seed = 1; seed <= 2; seed++) {
      CommandLineRun run =
          CommandLineRun.of(
              "train",
              "--data",
              "moons",
              "--epochs",
              1,
              "--seed",
              seed,
              "--report",
              file("r"),
              "--profile",
              file("p"),
              "--save",
              file("m"));
      assertEquals(0, run.exitCode(), run.err());
    }
    assertTrue(Files.readString(file("r")).contains("--seed 2"));
  }

  @Test
  void aFileThatCannotBeWritten_isSaidBeforeTrainingBegins() {
    Path missing = file("missing").resolve("r.html");
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--report", missing, "--save", file("m"));
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err().contains("--report " + missing + ": the directory " + file("missing")),
        run.err());
    CommandLineRun same =
        CommandLineRun.of(
            "train",
            "--data",
            "moons",
            "--report",
            file("r"),
            "--profile",
            file("r"),
            "--save",
            file("m"));
    assertEquals(2, same.exitCode());
    assertTrue(same.err().contains("--profile and --report name the same file"), same.err());
  }
}
