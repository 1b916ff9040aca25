package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.BackendOptions;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 'bench' on the processor, with as little time as there may be: what it prints and writes. */
class BenchCommandTest {
  @TempDir Path directory;

  private static CommandLineRun bench(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("bench", "--device", "cpu", "--seconds", 0));
    all.addAll(List.of(arguments));
    return CommandLineRun.of(all.toArray());
  }

  /** What one run of 'bench' wrote; measuring once is enough for all that read it. */
  private static String measured;

  @BeforeAll
  static void measureOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("before.json");
    CommandLineRun run = bench("--op", "relu", "--size", 17, "--json", file);
    assertEquals(0, run.exitCode(), run.err());
    measured = Files.readString(file);
  }

  private Path measuredBefore() throws IOException {
    return Files.writeString(directory.resolve("before.json"), measured);
  }

  /**
   * The file with every number behind one of the names divided by a million: more than any compiler
   * makes of the code between the two runs.
   */
  private static void makeFaster(Path file) throws IOException {
    String text = Files.readString(file);
    StringBuilder faster = new StringBuilder();
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      if (line.matches("\\s*\"(median|lowerQuartile|upperQuartile)Nanos\".*")) {
        double nanos = Double.parseDouble(line.substring(colon + 1).replace(",", ""));
        faster.append(line, 0, colon + 2).append(nanos / 1e6).append(",\n");
      } else {
        faster.append(line).append('\n');
      }
    }
    Files.writeString(file, faster);
  }

  @Test
  @SuppressWarnings("unchecked")
  void bench_printsATableOf80Columns_andWritesTheSameAsJson() throws IOException {
    Path file = directory.resolve("bench.json");
    CommandLineRun run =
        bench("--op", "matmul,gelu,upload,call", "--size", 16, "--net", "4,3,2", "--json", file);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("", run.err());
    run.outLines().stream()
        .skip(3)
        .forEach(line -> assertTrue(line.length() <= 80, line.length() + ": " + line));
    for (String title :
        List.of("matmul, 16 x 16 x 16", "gelu, 16 x 16", "call", "step, 4-3-2 relu, batch 128")) {
      assertTrue(run.outLines().contains(title), title + " is not in\n" + run.out());
    }
    assertTrue(
        run.outLines().stream()
            .anyMatch(line -> line.matches("  cpu +[\\d.,]+ [num]?s +\\d+%\\*? .* GFLOP/s +\\d+%")),
        run.out());
    Map<String, Object> document = (Map<String, Object>) Json.read(Files.readAllBytes(file));
    Map<String, Object> conditions = (Map<String, Object>) document.get("conditions");
    assertTrue(((String) conditions.get("java")).contains(Runtime.version().toString()));
    List<Map<String, Object>> results = (List<Map<String, Object>>) document.get("results");
    assertEquals(
        List.of("matmul", "gelu", "upload", "call", "step"),
        results.stream().map(each -> each.get("work")).toList());
    for (Map<String, Object> result : results) {
      assertEquals("cpu", result.get("device"));
      assertEquals(9L, result.get("rounds"));
      double median = (double) result.get("medianNanos");
      assertTrue(median > 0 && (double) result.get("lowerQuartileNanos") <= median);
      assertTrue(median <= (double) result.get("upperQuartileNanos"));
      assertEquals("not_told_apart", result.get("verdict"));
    }
  }

  @Test
  void baseline_thatWasAMillionTimesAsFast_isSeven() throws IOException {
    Path file = measuredBefore();
    makeFaster(file);
    CommandLineRun run =
        bench("--op", "relu", "--size", 17, "--baseline", file, "--fail-if-slower", "5%");
    assertEquals(7, run.exitCode(), run.out());
    assertTrue(run.err().startsWith("slower: relu, 17 x 17 on cpu takes "), run.err());
    assertTrue(run.out().contains("(slower)"), run.out());
    CommandLineRun tolerant = bench("--op", "relu", "--size", 17, "--baseline", file);
    assertEquals(0, tolerant.exitCode(), tolerant.err());
    assertTrue(tolerant.out().contains("(slower)"), tolerant.out());
  }

  @Test
  void baseline_ofTheSameKind_isComparedInBothOutputs() throws IOException {
    Path before = measuredBefore();
    Path after = directory.resolve("after.json");
    CommandLineRun run =
        bench(
            "--op",
            "relu,tanh",
            "--size",
            17,
            "--baseline",
            before,
            "--fail-if-slower",
            "9999%",
            "--json",
            after);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("now / baseline"), run.out());
    assertTrue(run.outLines().stream().anyMatch(line -> line.endsWith("not in it")), run.out());
    assertTrue(Files.readString(after).contains("\"timeRatio\": "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"java\": \" | \"java\": \"other  | cannot be compared with this run: java was other",
        "\"threads\": | \"threads\": 7 | cannot be compared with this run: threads was 7",
        "\"name\": \" | \"name\": \"other  | cannot be compared with this run: cpu was other",
        "\"work\": \"relu\" | \"work\": \"relu6\" | has nothing of what is to be measured, as relu,",
        "\"medianNanos\": | \"medianNanos\": -1 | medianNanos of a result is -1",
        "\"results\": | \"outcome\": | is not what 'myelin bench --json FILE' writes: results is"
            + " null",
        "{ | [{ | line "
      })
  void baseline_thatCannotBeCompared_isThree(String old, String changed, String message)
      throws IOException {
    Path file = measuredBefore();
    String text = Files.readString(file);
    boolean isNumber = changed.matches(".*\\d");
    String spoiled =
        isNumber
            ? text.replaceFirst(old + " [\\d.]+", changed)
            : text.replaceFirst(Pattern.quote(old), changed);
    assertFalse(spoiled.equals(text), "something was changed");
    Files.writeString(file, spoiled);
    CommandLineRun run = bench("--op", "relu", "--size", 17, "--baseline", file);
    assertEquals(3, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("error: " + file + ": "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(1, run.errLines().size(), run.err());
  }

  @Test
  void baseline_thatIsNotThere_isThree() {
    CommandLineRun run = bench("--op", "relu", "--baseline", directory.resolve("none.json"));
    assertEquals(3, run.exitCode());
    assertTrue(run.err().contains("none.json: no such file; --json FILE writes one"), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--op conv | --op: there is no operation 'conv'; there are step, activations,",
        "--op relu --size 3y4 | --size: a size is a number, or two or three with x between",
        "--net 784 | --net: a network needs at least two sizes",
        "--net 7,x | --net takes whole numbers above 0 with commas between",
        "--net 7,2 --batch 0 | --batch must be at least 1, but is 0",
        "--net 7,2 --activation relu6 | --activation: unknown activation 'relu6'",
        "--batch 64 | --batch goes with --net, as in --net 784,128,10",
        "--op relu --activation tanh | --activation goes with --net",
        "--fail-if-slower 5% | --fail-if-slower needs --baseline FILE to compare with",
        "--baseline x --fail-if-slower much | --fail-if-slower takes a percentage, as in 5%, but"
            + " is 'much'",
        "--seconds -1 | --seconds must be 0 to 86400, but is -1.0",
        "--precision f16 | --precision must be f32, tf32 or bf16, but is 'f16'",
        "--threads 2000 | --threads must be 0 to 1024, but is 2000",
        "--device cpu,cpu | --device cpu,cpu names cpu twice"
      })
  void options_thatMakeNoSense_areTwo(String arguments, String message) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments.split(" ")));
    CommandLineRun run = CommandLineRun.of(all.toArray());
    assertEquals(2, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("error: " + message), run.err());
  }

  @Test
  void terminal_showsWhatIsMeasured_andNothingOfItStays() {
    CommandLineRun run =
        CommandLineRun.onTerminal(
            "err,40", Map.of(), "bench", "--device", "cpu", "--op", "call", "--seconds", 0);
    assertEquals(
        "\rmeasuring what cpu can do at most ...\u001b[K\r\u001b[K"
            + "\rmeasuring call ...\u001b[K\r\u001b[K",
        run.err());
  }

  @Test
  void device_thatIsNotThere_isFour() {
    CommandLineRun run = CommandLineRun.of("bench", "--device", "cpu,abacus");
    assertEquals(4, run.exitCode());
    assertTrue(run.err().startsWith("error: device abacus"), run.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bench --device cpu", "train --device cpu", "bench", "train --device auto"})
  void precision_thatNoDeviceHas_isFour(String command) {
    List<String> all = new ArrayList<>(List.of(command.split(" ")));
    all.addAll(List.of("--precision", "bf16"));
    CommandLineRun run = CommandLineRun.of(all.toArray());
    assertEquals(4, run.exitCode(), run.err());
    assertTrue(run.err().contains("multiplies matrices in f32 only"), run.err());
    assertTrue(run.err().contains("compute capability 8.0"), run.err());
  }

  @Test
  void auto_trainsOnADeviceOfThisMachine_andSaysWhy() {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--device",
            "auto",
            "--data",
            "moons",
            "--epochs",
            1,
            "--save",
            directory.resolve("m.safetensors"));
    assertEquals(0, run.exitCode(), run.err());
    String why =
        OpenDevices.usable(BackendOptions.DEFAULT).size() == 1 ? "the only device" : "in a trial";
    assertTrue(run.outLines().get(1).contains(why), run.out());
  }

  @Test
  void auto_isForTrainingAlone() {
    CommandLineRun run = CommandLineRun.of("eval", "--device", "auto", "--model", "none");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("error: --device auto is for 'train'"), run.err());
  }
}
