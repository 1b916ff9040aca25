package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import org.junit.jupiter.api.Test;

final class CpuBackendProviderTest {

  @Test
  void probe_withTheVectorApi_needsNoRemedy() {
    Probe probe = new CpuBackendProvider().probe();

    assertTrue(probe.isUsable());
    assertEquals("", probe.remedy());
    assertEquals(1, probe.devices().size());
  }

  @Test
  void probe_describesTheProcessor() {
    DeviceInfo device = new CpuBackendProvider().probe().devices().get(0);

    assertEquals("cpu", device.id());
    assertEquals(200, device.preference());
    assertFalse(device.name().isBlank());
    assertTrue(device.detail().matches("\\d+-bit vectors, \\d+ threads, Java \\d+"));
    assertEquals(Runtime.getRuntime().maxMemory() / 4 * 3, device.memoryBytes());
  }
}
