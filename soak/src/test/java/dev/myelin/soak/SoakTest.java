package dev.myelin.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.BackendOptions;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.cuda.standin.StandInUnavailableException;
import dev.myelin.testkit.TestDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The long run's short form: too short to tell whether memory grows, long enough for the rest. */
@EnabledOnOs(OS.LINUX)
class SoakTest {
  private static List<SoakDevice> devicesHere() {
    List<SoakDevice> devices = new ArrayList<>();
    for (String name : List.of("cpu", "opencl", SoakDevice.STAND_IN)) {
      SoakDevice device = new SoakDevice(name);
      try {
        requireDevice(device);
        devices.add(device);
      } catch (TestAbortedException absent) {
        System.out.println("without " + name + ": " + absent.getMessage());
      }
    }
    return devices;
  }

  static void requireDevice(SoakDevice device) {
    try {
      device.prepare();
    } catch (StandInUnavailableException absent) {
      throw TestDevices.absent(absent, SoakDevice.STAND_IN, "cuda");
    }
    if (!device.isStandIn()) {
      TestDevices.open(device.name(), BackendOptions.DEFAULT).close();
    }
  }

  @Test
  void tenSeconds_onAllDevicesHere_endWithTheSameBits_andEverythingGivenBack(@TempDir Path folder)
      throws Exception {
    List<SoakDevice> devices = devicesHere();
    assertFalse(new Soak(devices, folder).run(10, 1).isGiven());
    List<String> samples = Files.readAllLines(folder.resolve("samples.csv"));
    assertEquals(Sample.HEADER, samples.get(0));
    assertTrue(samples.size() > 1, samples.toString());
    String summary = Files.readString(folder.resolve("summary.txt"));
    assertTrue(summary.contains("8 threads"), summary);
    assertTrue(summary.contains("NOT JUDGED: "), summary);
    assertFalse(summary.contains("PASSED"), summary);
    for (SoakDevice device : devices) {
      assertTrue(summary.matches("(?s).*[{ ]" + device.name() + "=[1-9].*"), summary);
    }
  }

  @Test
  void aRunTooShortToBeJudged_doesNotPass(@TempDir Path folder) throws Exception {
    assertFalse(SoakMain.passes("1", "1", folder.toString(), "cpu"));
    String summary = Files.readString(folder.resolve("summary.txt"));
    assertTrue(summary.contains("NOT JUDGED: "), summary);
  }

  @Test
  void aRunThatFails_leavesNoSummaryOfAnEarlierOne(@TempDir Path folder) throws Exception {
    Path summary = Files.writeString(folder.resolve("summary.txt"), "PASSED");
    assertThrows(
        IllegalStateException.class, () -> SoakMain.passes("1", "1", folder.toString(), "none"));
    assertFalse(Files.exists(summary));
  }

  @Test
  void aTensorThatIsLeft_isFoundAfterTheRound(@TempDir Path folder) {
    SharedThings shared = SharedThings.make(folder);
    SoakDevice cpu = new SoakDevice("cpu");
    try (Workplace place = new Workplace(cpu, BackendOptions.DEFAULT, shared, folder)) {
      place.requireAtRest("nothing");
      Tensor left = new TensorArena(place.backend(), "left").allocate("left", 100);
      AssertionError found =
          assertThrows(
              AssertionError.class, () -> place.requireAtRest("a job that leaves a tensor"));
      assertTrue(found.getMessage().startsWith("a job that leaves a tensor on cpu leaves "));
      left.arena().close();
      place.requireAtRest("closing it");
    }
  }

  @Test
  void aRoundThatFails_endsTheOthers_andIsTheCause() {
    Rounds rounds = new Rounds();
    rounds.run(() -> {});
    rounds.requireNoFailure();
    AssertionError first = new AssertionError("other bits");
    rounds.run(
        () -> {
          throw first;
        });
    assertTrue(rounds.areOver());
    rounds.run(
        () -> {
          throw new IllegalStateException("closing fails as well");
        });
    IllegalStateException failure =
        assertThrows(IllegalStateException.class, rounds::requireNoFailure);
    assertEquals(first, failure.getCause());
    assertEquals(1, first.getSuppressed().length);
  }
}
