package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Samples;
import dev.myelin.io.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user waits for, and gives, before anything is fast. As lines of JSON: the time from the
 * start of a fresh JVM to the end of its first training step ({@link FirstStep}), without and with
 * an archive of its classes, which any JVM makes when told so ({@code -XX:ArchiveClassesAtExit}),
 * the time of a whole command {@code ./myelin train} whose training is one step, the memory that
 * each was resident in at most (Linux's VmHWM), and the bytes to download.
 *
 * <p>Run in the root of the repository after {@code mvn package -DskipTests}. Arguments, all
 * optional: how often to start (11), the device (cpu).
 */
public final class StartUp {
  private static final Path BENCHMARKS = Path.of("benchmarks", "target");
  private static final Path CLI = Path.of("cli", "target");
  private static final Path LIBRARIES = CLI.resolve("lib");
  private static final long POLL_MILLIS = 2;

  /** One process, from its start to its end. */
  private record Run(double seconds, double secondsToStep, double peakMebibytes) {}

  private StartUp() {}

  /** Prints a line for each measurement to standard output. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int starts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 11;
    String device = arguments.length > 1 ? arguments[1] : "cpu";
    Path out = Files.createTempFile("myelin-startup", ".txt");
    Path model = Files.createTempFile("myelin-startup", ".safetensors");
    Files.delete(model);
    Path archive = null;
    try {
      measure("first step of a program", starts, device, program(device), out, true);
      archive = makeClassArchive(device);
      measure(
          "first step of a program, with a class archive",
          starts,
          device,
          program(device, "-XX:SharedArchiveFile=" + archive),
          out,
          true);
      measure("myelin train, one step", starts, device, command(device, model), out, false);
    } finally {
      Files.delete(out);
      Files.deleteIfExists(model);
      if (archive != null) {
        Files.delete(archive);
      }
    }
    printDownload("core and cpu", file -> file.matches("myelin-(core|backend-cpu)-.*"));
    printDownload("all, without natives", file -> !isNative(file));
    printDownload("all", file -> true);
  }

  private static List<String> program(String device, String... jvmOptions) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector"));
    command.addAll(List.of(jvmOptions));
    // Jars only, since folders cannot be archived.
    try (Stream<Path> own = Files.list(BENCHMARKS);
        Stream<Path> libraries = Files.list(LIBRARIES)) {
      command.add("-cp");
      command.add(
          Stream.concat(own.filter(StartUp::isBenchmarks), libraries)
              .map(Path::toString)
              .sorted()
              .collect(Collectors.joining(File.pathSeparator)));
    }
    command.addAll(List.of(FirstStep.class.getName(), device));
    return command;
  }

  private static boolean isBenchmarks(Path file) {
    return file.getFileName().toString().matches("myelin-benchmarks-.*\\.jar");
  }

  /** What the JVM has parsed and linked, as it does for any program that is told so. */
  private static Path makeClassArchive(String device) throws IOException, InterruptedException {
    Path archive = Files.createTempFile("myelin-startup", ".jsa");
    Files.delete(archive);
    Process process =
        new ProcessBuilder(program(device, "-XX:ArchiveClassesAtExit=" + archive))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0 || !Files.exists(archive)) {
      throw new IllegalStateException("this JVM made no class archive " + archive);
    }
    return archive;
  }

  /** Of 80 samples 16 are for the test and 6 for validation: the other 58 are one batch. */
  private static List<String> command(String device, Path model) {
    String options = "train --layers 784,128,10 --batch 64 --samples 80 --epochs 1 --device ";
    List<String> command = new ArrayList<>(List.of("./myelin"));
    command.addAll(List.of((options + device + " --save " + model).split(" ", -1)));
    return command;
  }

  private static void measure(
      String what, int starts, String device, List<String> command, Path out, boolean tellsStep)
      throws IOException, InterruptedException {
    start(command, out, tellsStep); // files come into the system's cache, archives are made
    double[] seconds = new double[starts];
    double[] mebibytes = new double[starts];
    for (int i = 0; i < starts; i++) {
      Run run = start(command, out, tellsStep);
      seconds[i] = tellsStep ? run.secondsToStep() : run.seconds();
      mebibytes[i] = run.peakMebibytes();
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", what);
    line.put("device", device);
    line.put("java", Runtime.version().toString());
    line.put("starts", starts);
    put(line, "Seconds", new Samples(seconds));
    put(line, "PeakMebibytes", new Samples(mebibytes));
    System.out.println(Json.write(line));
  }

  private static void put(Map<String, Object> line, String unit, Samples samples) {
    line.put("median" + unit, samples.median());
    line.put("lowerQuartile" + unit, samples.lowerQuartile());
    line.put("upperQuartile" + unit, samples.upperQuartile());
  }

  private static Run start(List<String> command, Path out, boolean tellsStep)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    long begunMillis = System.currentTimeMillis();
    Process process = builder.start();
    double peakMebibytes = 0;
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      peakMebibytes = Math.max(peakMebibytes, peakMebibytes(process.pid()));
    }
    long endedMillis = System.currentTimeMillis();
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw new IllegalStateException(command + " failed:\n" + printed);
    }
    double secondsToStep = Double.NaN;
    if (tellsStep) {
      String last = printed.lines().reduce((earlier, later) -> later).orElseThrow();
      secondsToStep = (Long.parseLong(last) - begunMillis) / 1e3;
    }
    return new Run((endedMillis - begunMillis) / 1e3, secondsToStep, peakMebibytes);
  }

  /** 0 where the system does not tell, or the process has just ended. */
  private static double peakMebibytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException gone) {
      return 0;
    }
  }

  private static boolean isNative(String file) {
    return file.startsWith("jcuda") || file.startsWith("jocl");
  }

  private static void printDownload(String what, Predicate<String> isIn) throws IOException {
    long bytes = 0;
    int jars = 0;
    List<Path> files = new ArrayList<>(List.of(CLI.resolve("myelin.jar")));
    try (Stream<Path> libraries = Files.list(LIBRARIES)) {
      libraries.forEach(files::add);
    }
    for (Path file : files) {
      if (isIn.test(file.getFileName().toString())) {
        bytes += Files.size(file);
        jars++;
      }
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "bytes to download: " + what);
    line.put("jars", jars);
    line.put("bytes", bytes);
    System.out.println(Json.write(line));
  }
}
