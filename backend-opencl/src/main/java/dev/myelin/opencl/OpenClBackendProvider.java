package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.BackendUnavailableException;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import dev.myelin.TuningReport;
import dev.myelin.kernels.NativeUnpacking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jocl.cl_platform_id;

/** Offers the devices that OpenCL drivers of this machine know. */
public final class OpenClBackendProvider implements BackendProvider {
  static final String NAME = "opencl";

  private static final Path OS_RELEASE = Path.of("/etc/os-release");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Probe probe() {
    Remedies remedies = remedies();
    if (NativeLibrary.isLoaderMissing()) {
      return Probe.unusable(
          NAME, "no loader: the library OpenCL cannot be loaded", remedies.forNoLoader());
    }
    if (!NativeLibrary.isLoaded()) {
      return Probe.unusable(
          NAME,
          "JOCL's own library cannot be loaded: " + NativeLibrary.problem(),
          NativeUnpacking.REMEDY);
    }
    try {
      cl_platform_id[] platforms = OpenClDevices.platforms();
      if (platforms.length == 0) {
        return Probe.unusable(
            NAME,
            "no platform: no driver is registered with OpenCL, or none that is can be loaded",
            remedies.forNoDriver());
      }
      List<DeviceInfo> devices =
          OpenClDevices.of(platforms).stream().map(OpenClDevice::info).toList();
      return devices.isEmpty()
          ? Probe.unusable(
              NAME,
              "no device: no driver has one with OpenCL 1.2 and a compiler",
              remedies.forNoDriver())
          : Probe.usable(devices, "");
    } catch (DeviceException failure) {
      return Probe.unusable(NAME, failure.getMessage(), remedies.forNoDriver());
    }
  }

  @Override
  public Backend open(DeviceInfo device, BackendOptions options) {
    return OpenClBackend.open(found(device), options);
  }

  @Override
  public Optional<TuningReport> tune(DeviceInfo device, Consumer<String> progress) {
    OpenClDevice found = found(device);
    return Optional.of(Tuner.tune(found, TuningSpace.of(found), TuningTable.ofUser(), progress));
  }

  private OpenClDevice found(DeviceInfo device) {
    Probe probe = probe();
    if (!probe.isUsable()) {
      throw new BackendUnavailableException(device.id(), probe.reason(), probe.remedy());
    }
    List<OpenClDevice> devices = OpenClDevices.of(OpenClDevices.platforms());
    if (device.index() >= devices.size()
        || !devices.get(device.index()).info().name().equals(device.name())) {
      throw new BackendUnavailableException(
          device.id(), device.name() + " is no longer there", "Look again with: myelin devices");
    }
    return devices.get(device.index());
  }

  private static Remedies remedies() {
    String release = "";
    try {
      if (Files.isReadable(OS_RELEASE)) {
        release = Files.readString(OS_RELEASE);
      }
    } catch (IOException unreadable) {
      // Then the remedy is the general one.
      release = "";
    }
    return Remedies.of(System.getProperty("os.name"), release);
  }
}
