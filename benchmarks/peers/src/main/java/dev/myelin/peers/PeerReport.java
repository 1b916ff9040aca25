package dev.myelin.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what follows from the files of {@link PeerComparison} in {@code results/peers}: the tables
 * between the README's markers, and a plot for each file. With {@code --check} nothing is written,
 * and it fails when something is not what it would write.
 */
public final class PeerReport {
  private static final String BEGIN = "<!-- peers -->\n";
  private static final String END = "<!-- /peers -->";

  private static final String NOT_MEASURED =
      "Not measured yet: [results/peers](results/peers) says how to.\n";

  /** Newest first, as the tables name them. */
  private static final List<String> RUNS = List.of("25", "17");

  private PeerReport() {}

  /**
   * Writes the files, or checks them.
   *
   * @param arguments {@code --check}, or nothing; in the repository's folder
   */
  public static void main(String[] arguments) throws IOException {
    Map<Path, String> wanted = generate(Path.of(""));
    if (!Arrays.asList(arguments).contains("--check")) {
      for (Map.Entry<Path, String> file : wanted.entrySet()) {
        Files.writeString(file.getKey(), file.getValue());
      }
      return;
    }
    List<Path> stale = stale(wanted);
    if (!stale.isEmpty()) {
      System.err.println("older than results/peers: " + stale + "; run benchmarks/peers/report");
      System.exit(1);
    }
  }

  /** Of some files, those whose text is not the wanted one. */
  static List<Path> stale(Map<Path, String> wanted) throws IOException {
    List<Path> stale = new ArrayList<>();
    for (Map.Entry<Path, String> file : wanted.entrySet()) {
      Path path = file.getKey();
      if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
        stale.add(path);
      }
    }
    return stale;
  }

  /**
   * The texts of all files that are made of the measurements.
   *
   * @param root the repository's folder
   */
  static Map<Path, String> generate(Path root) throws IOException {
    Path folder = root.resolve("results").resolve("peers");
    Map<Path, String> files = new LinkedHashMap<>();
    Map<String, Measurements> runs = new LinkedHashMap<>();
    for (String java : RUNS) {
      Path measured = folder.resolve("jdk" + java + ".jsonl");
      if (Files.exists(measured)) {
        Measurements run = Measurements.read(measured);
        runs.put("JDK " + java, run);
        String title =
            String.format(
                "float32 matrix product, GFLOP/s on %s threads, JDK %s",
                run.condition("threads"), java);
        files.put(folder.resolve("gemm-jdk" + java + ".svg"), SpeedPlot.of(run, title));
      }
    }
    Path readme = root.resolve("README.md");
    String tables = runs.isEmpty() ? NOT_MEASURED : ReadmeTables.of(runs);
    files.put(readme, replaced(Files.readString(readme), tables));
    return files;
  }

  /**
   * @throws IllegalArgumentException when the markers are not there
   */
  static String replaced(String readme, String tables) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "README.md has no lines '" + BEGIN.strip() + "' and '" + END + "' in this order");
    }
    return readme.substring(0, begin + BEGIN.length()) + tables + readme.substring(end);
  }
}
