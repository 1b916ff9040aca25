package dev.myelin.cuda;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.BackendUnavailableException;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import dev.myelin.kernels.NativeUnpacking;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Offers the NVIDIA GPUs of this machine. They need a driver, and no CUDA toolkit. */
public final class CudaBackendProvider implements BackendProvider {
  static final String NAME = "cuda";

  /**
   * The oldest driver that has every function used here and loads the shipped kernels. JCuda does
   * not see that a function is missing: calling one would end the JVM.
   */
  static final int OLDEST_DRIVER = 11060;

  private static final String OLDEST_DRIVER_RELEASE = "510";

  private static final String UPDATE =
      "Update NVIDIA's driver to release " + OLDEST_DRIVER_RELEASE + " or newer";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Probe probe() {
    if (NativeLibrary.isDriverMissing()) {
      return Probe.unusable(
          NAME,
          "no driver: there is no libcuda (on Windows, nvcuda)",
          "Install NVIDIA's driver, release "
              + OLDEST_DRIVER_RELEASE
              + " or newer; in a container, start it with access to the GPU (--gpus all). A CUDA"
              + " toolkit is not needed");
    }
    if (!NativeLibrary.isLoaded()) {
      return Probe.unusable(
          NAME,
          "JCuda's own library cannot be loaded: " + NativeLibrary.problem(),
          NativeUnpacking.REMEDY + "; use Linux or Windows on x86-64");
    }
    try {
      return probeDriver();
    } catch (DeviceException failure) {
      return Probe.unusable(NAME, failure.getMessage(), "See whether nvidia-smi works");
    }
  }

  private static Probe probeDriver() {
    int version = CudaDevices.driverVersion();
    if (version < OLDEST_DRIVER) {
      return Probe.unusable(
          NAME,
          String.format(
              "the driver is too old: it is for CUDA %s, and %s is needed",
              CudaDevices.versionText(version), CudaDevices.versionText(OLDEST_DRIVER)),
          UPDATE);
    }
    int status = JCudaDriver.cuInit(0);
    if (status != Status.SUCCESS) {
      return Probe.unusable(NAME, reason(status), remedy(status));
    }
    CudaDevices.Found found = CudaDevices.find(version);
    if (!found.usable().isEmpty()) {
      return Probe.usable(found.usable().stream().map(CudaDevice::info).toList(), "");
    }
    if (found.tooOld().isEmpty()) {
      return noDevice();
    }
    return Probe.unusable(
        NAME,
        String.format(
            "the GPU is too old: %s, and %s is needed",
            String.join(", ", found.tooOld()),
            CudaDevices.capabilityText(CudaDevices.OLDEST_CAPABILITY)),
        "Use the device opencl, which runs on older GPUs as well");
  }

  private static Probe noDevice() {
    int status = CUresult.CUDA_ERROR_NO_DEVICE;
    return Probe.unusable(NAME, reason(status), remedy(status));
  }

  private static String reason(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_NO_DEVICE -> "no GPU: the driver is there, but finds none";
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
          "no driver: the library that was found is the toolkit's stub of it";
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
          "the driver's library and its kernel module are of different releases";
      default -> "the driver does not start: " + Status.name(status);
    };
  }

  private static String remedy(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          "See whether nvidia-smi lists it, and whether CUDA_VISIBLE_DEVICES hides it";
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
          "Install NVIDIA's driver, and take the toolkit's folder stubs off the library path";
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
          "Restart the machine, or load the new kernel module";
      default -> "See whether nvidia-smi works; restart the machine after an update of the driver";
    };
  }

  @Override
  public Backend open(DeviceInfo device, BackendOptions options) {
    Probe probe = probe();
    if (!probe.isUsable()) {
      throw new BackendUnavailableException(device.id(), probe.reason(), probe.remedy());
    }
    List<CudaDevice> devices = CudaDevices.find(CudaDevices.driverVersion()).usable();
    if (device.index() >= devices.size()
        || !devices.get(device.index()).info().name().equals(device.name())) {
      throw new BackendUnavailableException(
          device.id(), device.name() + " is no longer there", "Look again with: myelin devices");
    }
    return CudaBackend.open(devices.get(device.index()), options);
  }
}
