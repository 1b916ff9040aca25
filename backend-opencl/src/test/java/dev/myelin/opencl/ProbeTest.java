package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendUnavailableException;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the provider says where OpenCL is not there; each case in a JVM of its own. */
class ProbeTest {
  /** Probes twice, since JOCL's first use and its later ones fail differently. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      for (int time = 1; time <= 2; time++) {
        Probe probe = new OpenClBackendProvider().probe();
        System.out.println(
            time + ": " + probe.isUsable() + ": " + probe.reason() + ": " + probe.remedy());
      }
    }
  }

  /** What two probes in such an environment answer; nothing else may be printed by them. */
  private static List<String> probedWith(Map<String, String> environment)
      throws IOException, InterruptedException {
    String output = JavaProcess.output(environment, List.of(), Main.class);
    List<String> lines = output.lines().toList();
    assertEquals(2, lines.size(), output);
    return lines;
  }

  @Test
  void probe_withoutADriver_saysSoAndWhatToInstall() throws Exception {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    for (String line : probedWith(Map.of("OCL_ICD_VENDORS", "/nonexistent"))) {
      assertTrue(line.contains("false: no platform"), line);
      assertTrue(line.contains("nstall"), line);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void probe_withoutALoader_saysSoAndWhatToInstall_alsoTheSecondTime(@TempDir Path folder)
      throws Exception {
    for (String library : new String[] {"libOpenCL.so", "libOpenCL.so.1", "libpocl.so"}) {
      Files.writeString(folder.resolve(library), "not a library");
    }
    for (String line : probedWith(Map.of("LD_LIBRARY_PATH", folder.toString()))) {
      assertTrue(line.contains("false: no loader"), line);
      assertTrue(line.contains("nstall"), line);
    }
  }

  @Test
  void probe_numbersItsDevicesFromZero() {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    List<DeviceInfo> devices = new OpenClBackendProvider().probe().devices();
    for (int i = 0; i < devices.size(); i++) {
      assertEquals("opencl:" + i, devices.get(i).id());
      assertTrue(devices.get(i).memoryBytes() > 0);
      assertTrue(devices.get(i).preference() == 300 || devices.get(i).preference() == 100);
    }
  }

  @Test
  void open_ofADeviceThatIsGone_namesIt() {
    try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT)) {
      DeviceInfo there = backend.device();
      DeviceInfo gone =
          new DeviceInfo("opencl", 99, "Gone GPU", there.detail(), there.memoryBytes(), 300);
      BackendUnavailableException refusal =
          Assertions.assertThrows(
              BackendUnavailableException.class,
              () -> new OpenClBackendProvider().open(gone, BackendOptions.DEFAULT));
      assertTrue(refusal.getMessage().contains("Gone GPU"), refusal.getMessage());
    }
  }

  @Test
  void isAtLeast12_readsTheVersion() {
    assertTrue(OpenClDevices.isAtLeast12("OpenCL 1.2 CUDA 12.4"));
    assertTrue(OpenClDevices.isAtLeast12("OpenCL 3.0 PoCL HSTR"));
    assertEquals(false, OpenClDevices.isAtLeast12("OpenCL 1.1 "));
    assertEquals(false, OpenClDevices.isAtLeast12("something else"));
  }
}
