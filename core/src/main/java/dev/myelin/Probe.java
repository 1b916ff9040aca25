package dev.myelin;

import java.util.List;

/**
 * What a backend found when it looked for its devices.
 *
 * @param backend the backend's name
 * @param devices the usable devices, best first; empty when there is none
 * @param reason why there is no device; empty when there is one
 * @param remedy what the user can do: to get a device where there is none, or more speed where
 *     there is one; empty when nothing needs doing
 */
public record Probe(String backend, List<DeviceInfo> devices, String reason, String remedy) {

  public Probe {
    devices = List.copyOf(devices);
    if (devices.isEmpty() && (reason.isBlank() || remedy.isBlank())) {
      throw new IllegalArgumentException(
          backend + ": a backend without a device says why and what to do");
    }
  }

  /** The backend can be used. */
  public static Probe usable(List<DeviceInfo> devices, String remedy) {
    return new Probe(devices.get(0).backend(), devices, "", remedy);
  }

  /** The backend cannot be used here. */
  public static Probe unusable(String backend, String reason, String remedy) {
    return new Probe(backend, List.of(), reason, remedy);
  }

  public boolean isUsable() {
    return !devices.isEmpty();
  }
}
