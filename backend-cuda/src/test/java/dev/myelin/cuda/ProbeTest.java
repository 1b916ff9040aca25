package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendUnavailableException;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import dev.myelin.cuda.standin.StandInDriver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the provider says of machines with and without driver and GPU. */
@ExtendWith(DriverUnderTest.class)
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver does not pretend to be another")
class ProbeTest {
  /** Probes twice, since JCuda's first use and its later ones fail differently. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      for (int time = 1; time <= 2; time++) {
        Probe probe = new CudaBackendProvider().probe();
        System.out.println(
            time + ": " + probe.isUsable() + ": " + probe.reason() + ": " + probe.remedy());
      }
    }
  }

  private static Probe probe() {
    return new CudaBackendProvider().probe();
  }

  @BeforeEach
  void reset() {
    StandInDriver.reset();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void probe_withoutADriver_saysSoAndWhatToInstall_alsoTheSecondTime(@TempDir Path folder)
      throws IOException, InterruptedException {
    // Where there is a driver, a file of its name that is no library hides it.
    Files.writeString(folder.resolve("libcuda.so.1"), "not a library");
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    java.environment().put("LD_LIBRARY_PATH", folder.toString());
    Process process = java.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    List<String> lines = output.lines().filter(line -> line.matches("\\d: .*")).toList();
    assertEquals(2, lines.size(), output);
    for (String line : lines) {
      assertTrue(line.contains("false: no driver"), line);
      assertTrue(line.contains("Install NVIDIA's driver"), line);
      assertTrue(line.contains("510"), line);
    }
  }

  @Test
  void probe_ofADriverWithoutAGpu_saysSoAndWhereToLook() {
    StandInDriver.setDeviceCount(0);
    assertFalse(probe().isUsable());
    assertTrue(probe().reason().startsWith("no GPU"), probe().reason());
    assertTrue(probe().remedy().contains("nvidia-smi"), probe().remedy());
  }

  @Test
  void probe_ofAnOldDriver_saysWhichVersionIsNeeded() {
    StandInDriver.setDriverVersion(11020);
    assertFalse(probe().isUsable());
    assertTrue(probe().reason().contains("too old"), probe().reason());
    assertTrue(probe().reason().contains("11.2"), probe().reason());
    assertTrue(probe().reason().contains("11.6"), probe().reason());
    assertTrue(probe().remedy().contains("510"), probe().remedy());
  }

  @Test
  void probe_ofAnOldGpu_saysWhichIsNeeded() {
    StandInDriver.setComputeCapability(6, 1);
    assertFalse(probe().isUsable());
    assertTrue(probe().reason().contains("too old"), probe().reason());
    assertTrue(probe().reason().contains("6.1"), probe().reason());
    assertTrue(probe().reason().contains("7.5"), probe().reason());
  }

  @Test
  void probe_ofADriverThatDoesNotStart_givesItsReason() {
    StandInDriver.failCall("cuInit", 1, CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
    Probe mismatch = probe();
    assertTrue(mismatch.reason().contains("different releases"), mismatch.reason());
    StandInDriver.failCall("cuInit", 1, CUresult.CUDA_ERROR_UNKNOWN);
    Probe unknown = probe();
    assertTrue(unknown.reason().contains("CUDA_ERROR_UNKNOWN"), unknown.reason());
    StandInDriver.failCall("cuDeviceGetCount", 1, CUresult.CUDA_ERROR_UNKNOWN);
    assertTrue(probe().reason().contains("counting devices"), "not by an exception");
    assertTrue(probe().isUsable(), "the next time");
  }

  @Test
  void probe_findsTheDevices() {
    StandInDriver.setDeviceCount(3);
    List<DeviceInfo> devices = probe().devices();
    assertEquals(3, devices.size());
    for (int i = 0; i < devices.size(); i++) {
      assertEquals("cuda:" + i, devices.get(i).id());
      assertEquals(400, devices.get(i).preference());
      assertTrue(devices.get(i).memoryBytes() > 0);
      assertTrue(devices.get(i).detail().contains("compute capability 9.0"));
      assertTrue(devices.get(i).detail().contains("CUDA 13.0"));
    }
  }

  @Test
  void open_ofTheSecondDevice_computesThere() {
    StandInDriver.setDeviceCount(2);
    try (Backend second =
        new CudaBackendProvider().open(probe().devices().get(1), BackendOptions.DEFAULT)) {
      assertEquals("cuda:1", second.device().id());
    }
  }

  @Test
  void open_ofADeviceThatIsGone_namesIt() {
    DeviceInfo gone = new DeviceInfo("cuda", 99, "Gone GPU", "", 1, 400);
    BackendUnavailableException refusal =
        assertThrows(
            BackendUnavailableException.class,
            () -> new CudaBackendProvider().open(gone, BackendOptions.DEFAULT));
    assertTrue(refusal.getMessage().contains("Gone GPU"), refusal.getMessage());
  }

  @Test
  void open_ofABusyDevice_saysWhy() {
    DeviceInfo device = probe().devices().get(0);
    StandInDriver.failCall("cuDevicePrimaryCtxRetain", 1, CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE);
    DeviceException refusal =
        assertThrows(
            DeviceException.class,
            () -> new CudaBackendProvider().open(device, BackendOptions.DEFAULT));
    assertEquals("opening the device", refusal.operation());
    assertTrue(refusal.code().startsWith("CUDA_ERROR_DEVICE_UNAVAILABLE"), refusal.code());
  }

  @Test
  void isAboutDriver_onlyWhereTheDriversLibraryIsWhatIsMissing() {
    assertTrue(NativeLibrary.isAboutDriver("libcuda.so.1: cannot open shared object file"));
    assertTrue(NativeLibrary.isAboutDriver("Can't find dependent libraries"));
    assertFalse(NativeLibrary.isAboutDriver("/tmp/x.so: failed to map segment"));
  }

  @Test
  void checksums_areThoseOfTheLibrariesInTheJars() throws Exception {
    try (InputStream checksums = NativeLibrary.class.getResourceAsStream("jcuda.sha256")) {
      String text = new String(checksums.readAllBytes(), StandardCharsets.US_ASCII);
      assertEquals(2, text.lines().count());
      for (String line : text.lines().toList()) {
        String[] words = line.split("  ", -1);
        try (InputStream library = JCudaDriver.class.getResourceAsStream("/" + words[1])) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(library.readAllBytes());
          assertEquals(HexFormat.of().formatHex(digest), words[0], words[1]);
        }
      }
    }
  }
}
