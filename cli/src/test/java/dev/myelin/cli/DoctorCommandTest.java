package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @Test
  void doctor_whereTheProcessorComputes_saysWhatItTestedAndThatAllIsWell() {
    CommandLineRun run = CommandLineRun.of("doctor");
    assertEquals(0, run.exitCode(), run.out());
    assertTrue(run.outLine("Java ").contains(System.getProperty("java.version")), run.out());
    assertTrue(run.out().contains(" results are right; "), run.out());
    assertTrue(run.out().endsWith("All is well.\n"), run.out());
    assertEquals("", run.err());
  }

  @Test
  @SuppressWarnings("unchecked")
  void doctor_asJson_hasAResultForEveryDevice() {
    CommandLineRun run = CommandLineRun.of("doctor", "--json");
    Map<String, Object> document = run.json();
    assertEquals(true, document.get("isWell"));
    assertEquals(List.of(), document.get("problems"));
    for (Map<String, Object> test : (List<Map<String, Object>>) document.get("selfTests")) {
      assertEquals(List.of(), test.get("failures"), run.out());
      assertTrue((double) test.get("gflops") > 0, run.out());
    }
  }

  @Test
  void problems_ofAJvmThatInterprets_areFoundWithTheOptionToRemove() {
    JavaSetup setup =
        new JavaSetup("17", "VM, interpreted mode", List.of("-Xint"), 2, 1L << 32, List.of());
    List<Finding> problems = setup.problems();
    assertTrue(problems.contains(new Finding(problems.get(0).what(), "Remove -Xint")));
  }

  @Test
  void problems_ofThisJvm_areNone() {
    assertEquals(List.of(), JavaSetup.ofThisProcess().problems());
  }

  @Test
  void graphicsCards_areThoseOfKnownMakersOnTheBus(@TempDir Path bus) throws IOException {
    device(bus, "0", "0x030200\n", "0x10de\n");
    device(bus, "1", "0x038000\n", "0x10de\n");
    device(bus, "2", "0x030000\n", "0x1002\n");
    device(bus, "3", "0x030000\n", "0x1af4\n"); // a virtual machine's
    device(bus, "4", "0x020000\n", "0x8086\n"); // a network card
    assertEquals(
        List.of(GraphicsCards.Vendor.NVIDIA, GraphicsCards.Vendor.AMD),
        GraphicsCards.in(bus).stream().sorted().toList());
    assertFalse(GraphicsCards.in(bus.resolve("none")).iterator().hasNext());
  }

  private static void device(Path bus, String name, String kind, String vendor) throws IOException {
    Path folder = Files.createDirectory(bus.resolve(name));
    Files.writeString(folder.resolve("class"), kind);
    Files.writeString(folder.resolve("vendor"), vendor);
  }
}
