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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocl.CL;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the provider says where OpenCL is not there; each case in a JVM of its own. */
class ProbeTest {
  /** How Debian's package tells the loader of PoCL. */
  private static final Path REGISTERED = Path.of("/etc/OpenCL/vendors/pocl.icd");

  private static final List<String> JOCL_LIBRARIES =
      List.of(
          "JOCL_2_0_6-windows-x86_64.dll",
          "libJOCL_2_0_6-apple-arm64.dylib",
          "libJOCL_2_0_6-apple-x86_64.dylib",
          "libJOCL_2_0_6-linux-arm64.so",
          "libJOCL_2_0_6-linux-x86_64.so");

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
  private static List<String> probedWith(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    String output = JavaProcess.output(environment, List.of(options), Main.class);
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

  /** Nothing, a library that is not there, a file that is no library, one of something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "libgone-driver.so\n",
        "/gone/driver.so",
        "FOLDER/broken.so",
        "libm.so.6"
      })
  void probe_withABrokenDriver_saysSo_andDoesNotHideAnother(String driver, @TempDir Path folder)
      throws Exception {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    Files.writeString(folder.resolve("broken.so"), "not a library");
    Path drivers = Files.createDirectory(folder.resolve("vendors"));
    Files.writeString(drivers.resolve("a.icd"), driver.replace("FOLDER", folder.toString()));
    Map<String, String> environment = Map.of("OCL_ICD_VENDORS", drivers.toString());
    for (String line : probedWith(environment)) {
      assertTrue(line.contains("false: no platform"), line);
      assertTrue(line.contains("nstall"), line);
    }
    // On a machine whose drivers are registered elsewhere there is no second one to look for.
    if (Files.exists(REGISTERED)) {
      Files.copy(REGISTERED, drivers.resolve("b.icd"));
      for (String line : probedWith(environment)) {
        assertTrue(line.contains(": true: "), line);
      }
    }
  }

  @Test
  void probe_withAnotherLibraryOfThatNameInTheTemporaryFolder_doesNotLoadIt(@TempDir Path folder)
      throws Exception {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    for (String library : JOCL_LIBRARIES) {
      Files.writeString(folder.resolve(library), "somebody else's code");
    }
    for (String line : probedWith(Map.of(), "-Djava.io.tmpdir=" + folder)) {
      assertTrue(line.contains(": true: "), line);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(JOCL_LIBRARIES.size(), left.count(), "unpacked files are deleted");
    }
  }

  @Test
  void probe_withoutATemporaryFolder_saysWhichAndWhatToDo_alsoTheSecondTime(@TempDir Path folder)
      throws Exception {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    Path missing = folder.resolve("missing");
    for (String line : probedWith(Map.of(), "-Djava.io.tmpdir=" + missing)) {
      assertTrue(line.contains("false: JOCL's own library cannot be loaded: "), line);
      assertTrue(line.contains(missing.toString()), line);
      assertTrue(line.contains("Name a folder"), line);
    }
  }

  @Test
  void checksums_areThoseOfTheLibrariesInTheJar() throws Exception {
    try (InputStream checksums = NativeLibrary.class.getResourceAsStream("jocl.sha256")) {
      String text = new String(checksums.readAllBytes(), StandardCharsets.US_ASCII);
      assertEquals(JOCL_LIBRARIES.size(), text.lines().count());
      for (String line : text.lines().toList()) {
        String[] words = line.split("  ", -1);
        try (InputStream library = CL.class.getResourceAsStream("/" + words[1])) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(library.readAllBytes());
          assertEquals(HexFormat.of().formatHex(digest), words[0], words[1]);
        }
      }
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
