package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DevicesCommandTest {
  @Test
  void devices_namesTheProcessor() {
    CommandLineRun run = CommandLineRun.of("devices");
    assertEquals(0, run.exitCode());
    assertTrue(run.outLine("cpu").startsWith("cpu       "), run.out());
    assertTrue(run.out().contains("MiB for tensors; multiplies in f32\n"), run.out());
    assertEquals("", run.err());
  }

  @Test
  @SuppressWarnings("unchecked")
  void devices_asJson_hasEveryBackend() {
    CommandLineRun run = CommandLineRun.of("devices", "--json");
    List<Map<String, Object>> backends = (List<Map<String, Object>>) run.json().get("backends");
    assertEquals(1L, run.json().get("schemaVersion"));
    Map<String, Object> cpu =
        backends.stream()
            .filter(each -> each.get("backend").equals("cpu"))
            .findFirst()
            .orElseThrow();
    assertEquals(true, cpu.get("usable"));
    Map<String, Object> device = ((List<Map<String, Object>>) cpu.get("devices")).get(0);
    assertEquals("cpu", device.get("id"));
    assertTrue((long) device.get("memoryBytes") > 0);
    assertEquals(List.of("f32"), device.get("precisions"));
  }

  @Test
  void version_namesTheProgram() {
    CommandLineRun run = CommandLineRun.of("--version");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().startsWith("myelin "), run.out());
  }

  @Test
  void help_ofEveryCommand_fitsIntoItsWidth() {
    for (String command :
        List.of("train", "eval", "predict", "devices", "tune", "bench", "doctor")) {
      CommandLineRun run = CommandLineRun.of(command, "--help");
      assertEquals(0, run.exitCode(), run.err());
      assertTrue(run.out().startsWith("Usage: myelin " + command), run.out());
      run.outLines().forEach(line -> assertTrue(line.length() <= 84, line));
    }
  }
}
