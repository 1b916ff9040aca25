package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.Backends;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices that were found and do not open. */
class OpenDevicesTest {
  /** Lists a device, and fails to open it. */
  private record Broken(String name) implements BackendProvider {
    @Override
    public Probe probe() {
      throw new AssertionError("looked for devices again");
    }

    @Override
    public Backend open(DeviceInfo device, BackendOptions options) {
      throw new DeviceException("opening the device", "CL_DEVICE_NOT_AVAILABLE", device.id(), null);
    }
  }

  private static Backends.Selection broken(String name) {
    DeviceInfo device = new DeviceInfo(name, 0, "a device", "", 1, 1);
    return new Backends.Selection(new Broken(name), device, "found");
  }

  @Test
  void openWhatOpens_leavesOutWhatDoesNot_andSaysWhy() {
    List<Backends.Selection> selections = List.of(broken("tin"), Backends.select("cpu"));
    try (OpenDevices devices = OpenDevices.openWhatOpens(selections, BackendOptions.DEFAULT)) {
      assertEquals(List.of("cpu"), devices.infos().stream().map(DeviceInfo::backend).toList());
      assertEquals(
          List.of("opening the device failed on tin:0: CL_DEVICE_NOT_AVAILABLE"),
          devices.leftOut());
    }
  }

  @Test
  void openWhatOpens_whenNothingDoes_throwsTheFirstFailure_withTheOthers() {
    List<Backends.Selection> selections = List.of(broken("tin"), broken("clay"));
    BackendException failure =
        assertThrows(
            BackendException.class,
            () -> OpenDevices.openWhatOpens(selections, BackendOptions.DEFAULT));
    assertEquals(
        "opening the device failed on tin:0: CL_DEVICE_NOT_AVAILABLE", failure.getMessage());
    assertEquals(1, failure.getSuppressed().length);
    assertSame(DeviceException.class, failure.getSuppressed()[0].getClass());
  }
}
