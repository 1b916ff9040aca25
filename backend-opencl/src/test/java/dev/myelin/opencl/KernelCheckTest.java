package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.kernels.KernelSources;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No two lanes touch the same memory without a barrier between them, and none reaches outside of
 * its buffers: every kernel runs in oclgrind, an OpenCL device that is simulated and watches.
 *
 * <p>Skipped where oclgrind is not installed, unless {@code -Dmyelin.requireDevices} names it.
 */
class KernelCheckTest {
  private static final Path DRIVER = Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so");

  /** How a kernel begins, and how gemm-packed.cl makes two of one text. */
  private static final Pattern KERNEL = Pattern.compile("\\n(?:KERNEL |PACK\\()(\\w+)");

  /** How oclgrind begins its count of a kernel's instructions, which it makes after a launch. */
  private static final Pattern LAUNCHED =
      Pattern.compile("Instructions executed for kernel '(\\w+)'");

  /** Written in the shared dialect for the other backend's matrix product. */
  private static final Set<String> OF_CUDA_ALONE = Set.of("gemmCombine");

  @TempDir Path folder;

  /** What a run printed, and what oclgrind had to say about it. */
  private record Run(String output, String complaints) {}

  private Run run(Class<?> main, String... arguments) throws Exception {
    boolean isRequired =
        System.getProperty("myelin.requireDevices", "").matches("(.*,)?oclgrind(,.*)?");
    if (isRequired) {
      assertTrue(Files.exists(DRIVER), "myelin.requireDevices names oclgrind: no " + DRIVER);
    }
    Assumptions.assumeTrue(
        Files.exists(DRIVER), "oclgrind is not installed: sudo apt install oclgrind");
    Path drivers = Files.createDirectory(folder.resolve("drivers"));
    Files.writeString(drivers.resolve("oclgrind.icd"), DRIVER + "\n");
    Path log = folder.resolve("log");
    String output =
        JavaProcess.output(
            Map.of(
                "OCL_ICD_VENDORS",
                drivers.toString(),
                "OCLGRIND_DATA_RACES",
                "1",
                "OCLGRIND_INST_COUNTS",
                "1",
                "OCLGRIND_LOG",
                log.toString()),
            List.of("-D" + CacheFolder.PROPERTY + "=" + folder.resolve("cache")),
            main,
            arguments);
    assertTrue(output.contains("done on Oclgrind"), output);
    return new Run(output, Files.readString(log));
  }

  private static Set<String> names(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** Every kernel of every file, whether the main program knows it or not. */
  private static Set<String> allKernels() throws IOException, URISyntaxException {
    URI one = KernelSources.class.getResource("elementwise.cl").toURI();
    if (one.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(one, Map.of())) {
        return kernelsIn(jar.getPath("dev/myelin/kernels"));
      }
    }
    return kernelsIn(Path.of(one).getParent());
  }

  private static Set<String> kernelsIn(Path sources) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".cl")).toList()) {
        text.append('\n').append(Files.readString(file));
      }
    }
    return names(KERNEL, text.toString());
  }

  @Test
  void everyKernel_sharesNoMemoryWithoutABarrier_andStaysInItsBuffers() throws Exception {
    Run run = run(KernelCheckMain.class);
    assertTrue(run.complaints.isBlank(), run.complaints);
    Set<String> expected = allKernels();
    expected.removeAll(OF_CUDA_ALONE);
    assertEquals(expected, names(LAUNCHED, run.output), "a kernel was not launched, or is new");
  }

  @Test
  void allKernels_areFoundInTheSources() throws Exception {
    Set<String> kernels = allKernels();
    assertTrue(
        kernels.containsAll(Set.of("fill", "adam", "gemmTiled", "gemmPacked", "packRows")),
        kernels.toString());
  }

  @ParameterizedTest
  @CsvSource({"race, data race", "outside, Invalid write"})
  void plantedFault_isFound(String fault, String complaint) throws Exception {
    Run run = run(PlantedFaultMain.class, fault, folder.resolve("cache").toString());
    assertTrue(run.complaints.contains(complaint), "oclgrind says: " + run.complaints);
  }

  @Test
  void plantedKernel_withoutAFault_isNotComplainedOf() throws Exception {
    Run run = run(PlantedFaultMain.class, "none", folder.resolve("cache").toString());
    assertFalse(run.complaints.contains("planted"), run.complaints);
  }
}
