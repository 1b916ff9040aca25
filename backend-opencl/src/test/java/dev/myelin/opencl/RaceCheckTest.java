package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No two lanes touch the same memory without a barrier between them, and none reaches outside of
 * its buffers: the kernels run in oclgrind, an OpenCL device that is simulated and watches.
 *
 * <p>Skipped where oclgrind is not installed, unless {@code -Dmyelin.requireDevices} names it.
 */
class RaceCheckTest {
  private static final Path DRIVER = Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so");

  private static void requireOclgrind() {
    boolean isRequired =
        System.getProperty("myelin.requireDevices", "").matches("(.*,)?oclgrind(,.*)?");
    if (isRequired) {
      assertTrue(Files.exists(DRIVER), "myelin.requireDevices names oclgrind: no " + DRIVER);
    }
    Assumptions.assumeTrue(
        Files.exists(DRIVER), "oclgrind is not installed: sudo apt install oclgrind");
  }

  /** What oclgrind has to say about {@link RaceCheckMain}. */
  private static String complaints(String what, Path folder)
      throws IOException, InterruptedException {
    requireOclgrind();
    Path drivers = Files.createDirectory(folder.resolve("drivers"));
    Files.writeString(drivers.resolve("oclgrind.icd"), DRIVER + "\n");
    Path log = folder.resolve("log");
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-D" + CacheFolder.PROPERTY + "=" + folder.resolve("cache"),
            "-cp",
            System.getProperty("java.class.path"),
            RaceCheckMain.class.getName(),
            what,
            folder.resolve("cache").toString());
    java.environment().put("OCL_ICD_VENDORS", drivers.toString());
    java.environment().put("OCLGRIND_DATA_RACES", "1");
    java.environment().put("OCLGRIND_LOG", log.toString());
    Process process = java.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("done on Oclgrind"), output);
    return Files.readString(log);
  }

  @Test
  void kernels_shareNoMemoryWithoutABarrier_andStayInTheirBuffers(@TempDir Path folder)
      throws Exception {
    String complaints = complaints("kernels", folder);
    assertTrue(complaints.isBlank(), complaints);
  }

  @Test
  void plantedRace_isFound(@TempDir Path folder) throws Exception {
    String complaints = complaints("planted", folder);
    assertFalse(complaints.isBlank(), "oclgrind says nothing");
    assertTrue(complaints.contains("race"), complaints);
  }
}
