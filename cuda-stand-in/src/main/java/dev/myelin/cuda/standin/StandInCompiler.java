package dev.myelin.cuda.standin;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Compiles the stand-in's C++ sources, which travel as resources, with the machine's compiler. The
 * library is kept under a hash of sources, compiler and options, so that it is compiled once.
 */
final class StandInCompiler {
  static final String LIBRARY = "libcuda.so.1";

  static final List<String> HEADERS =
      List.of(
          "access-shadow.hpp",
          "arithmetic.hpp",
          "base.hpp",
          "decoding.hpp",
          "device-memory.hpp",
          "driver.hpp",
          "memory-checks.hpp",
          "program.hpp",
          "ptx-lexer.hpp",
          "ptx-parser.hpp",
          "small-floats.hpp",
          "warp.hpp");

  /** Includes all of them. */
  private static final String ALL_HEADERS = "all.hpp";

  /** Those that take longest to compile come first. */
  static final List<String> SOURCES =
      List.of(
          "conversions.cpp",
          "comparisons.cpp",
          "float-arithmetic.cpp",
          "integer-arithmetic.cpp",
          "bit-operations.cpp",
          "memory-access.cpp",
          "memory-checks.cpp",
          "unsupported.cpp",
          "warp-exchange.cpp",
          "atomics.cpp",
          "async-copies.cpp",
          "matrix-load.cpp",
          "matrix-multiply.cpp",
          "warpgroup-multiply.cpp",
          "moves.cpp",
          "control.cpp",
          "branches.cpp",
          "grid.cpp",
          "decoding.cpp",
          "ptx-lexer.cpp",
          "ptx-operands.cpp",
          "ptx-parser.cpp",
          "driver.cpp",
          "streams.cpp",
          "api-device.cpp",
          "api-error.cpp",
          "api-graph.cpp",
          "api-launch.cpp",
          "api-memory.cpp",
          "api-module.cpp",
          "api-stream.cpp");

  /**
   * No contraction: an fma is an fma only where PTX says so. Wrapping integers, as PTX has them.
   * The compiler may use all of this machine's vectors, since the library stays here.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-std=c++17",
          "-O3",
          "-march=native",
          "-ffp-contract=off",
          "-fwrapv",
          "-fno-math-errno",
          "-fPIC",
          "-fvisibility=hidden",
          "-Wall",
          "-Wextra");

  private final String compiler;
  private final String compilerVersion;
  private final Path jniHeaders;

  private StandInCompiler(String compiler, String compilerVersion, Path jniHeaders) {
    this.compiler = compiler;
    this.compilerVersion = compilerVersion;
    this.jniHeaders = jniHeaders;
  }

  /** Finds $CXX, g++ or clang++, and the JDK's jni.h. */
  static StandInCompiler find() throws StandInUnavailableException {
    Path headers = Path.of(System.getProperty("java.home"), "include");
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new StandInUnavailableException("the CUDA stand-in needs Linux");
    }
    if (!Files.exists(headers.resolve("jni.h"))) {
      throw new StandInUnavailableException(
          "the CUDA stand-in needs jni.h, which is not in " + headers + ": run the tests on a JDK");
    }
    List<String> candidates = new ArrayList<>(List.of("g++", "clang++"));
    String chosen = System.getenv("CXX");
    if (chosen != null && !chosen.isBlank()) {
      candidates.add(0, chosen);
    }
    for (String candidate : candidates) {
      try {
        return new StandInCompiler(candidate, run(List.of(candidate, "--version")), headers);
      } catch (IOException notThere) {
        // The next candidate may be.
      }
    }
    throw new StandInUnavailableException(
        "the CUDA stand-in needs a C++ compiler, and none of "
            + candidates
            + " is there: install g++");
  }

  /**
   * Compiles unless it has been done.
   *
   * @param folder where libraries are kept
   * @return the library
   * @throws IllegalStateException when the compiler rejects a source, with all that it said
   */
  Path compile(Path folder) {
    try {
      Path library = folder.resolve(hash()).resolve(LIBRARY).toAbsolutePath();
      Files.createDirectories(library.getParent());
      // Tests run in several processes; one of them compiles, which takes half a minute.
      try (FileChannel lock = FileChannel.open(folder.resolve("lock"), CREATE, WRITE)) {
        lock.lock();
        if (!Files.exists(library)) {
          Path work = Files.createTempDirectory(folder, "compiling");
          build(work);
          // Whole or not at all, should this process end halfway.
          Files.move(work.resolve(LIBRARY), library, StandardCopyOption.ATOMIC_MOVE);
          deleteTree(work);
        }
      }
      return library;
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "the CUDA stand-in could not be compiled in " + folder, failed);
    }
  }

  private void build(Path work) throws IOException {
    for (String name : HEADERS) {
      Files.writeString(work.resolve(name), source(name));
    }
    for (String name : SOURCES) {
      Files.writeString(work.resolve(name), source(name));
    }
    precompileHeaders(work);
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<String>> results = new ArrayList<>();
      for (String name : SOURCES) {
        results.add(workers.submit(() -> run(compileCommand(work, name))));
      }
      for (Future<String> result : results) {
        result.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while compiling the CUDA stand-in", interrupted);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause().getMessage(), failed.getCause());
    } finally {
      workers.shutdownNow();
    }
    List<String> link =
        new ArrayList<>(
            List.of(
                compiler,
                "-shared",
                "-pthread",
                "-Wl,--no-undefined",
                "-Wl,-soname," + LIBRARY,
                "-o"));
    link.add(work.resolve(LIBRARY).toString());
    SOURCES.forEach(name -> link.add(work.resolve(name + ".o").toString()));
    run(link);
  }

  /** Reading the headers takes longer than compiling a small source, so they are read once. */
  private void precompileHeaders(Path work) throws IOException {
    List<String> includes = HEADERS.stream().map(name -> "#include \"" + name + '"').toList();
    Path headers = Files.write(work.resolve(ALL_HEADERS), includes);
    List<String> command = command();
    command.addAll(List.of("-x", "c++-header", headers.toString(), "-o", headers + ".gch"));
    run(command);
  }

  private List<String> compileCommand(Path work, String name) {
    List<String> command = command();
    command.addAll(List.of("-I" + jniHeaders, "-I" + jniHeaders.resolve("linux")));
    command.addAll(List.of("-include", work.resolve(ALL_HEADERS).toString(), "-c"));
    command.addAll(
        List.of(work.resolve(name).toString(), "-o", work.resolve(name + ".o").toString()));
    return command;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(OPTIONS);
    return command;
  }

  static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(
            "exit status " + status + " of " + String.join(" ", command) + "\n" + output);
      }
      return output;
    } catch (InterruptedException interrupted) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + command, interrupted);
    }
  }

  private String hash() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (List<String> names : List.of(HEADERS, SOURCES)) {
        for (String name : names) {
          digest.update((name + '\0' + source(name)).getBytes(StandardCharsets.UTF_8));
        }
      }
      String how = compiler + compilerVersion + OPTIONS + processor();
      digest.update(how.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What -march=native depends on: a folder may be kept and used on another machine. */
  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
    }
  }

  private static String source(String name) throws IOException {
    try (InputStream stream = StandInCompiler.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + name + " of the CUDA stand-in is missing");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> entries = Files.walk(root)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
