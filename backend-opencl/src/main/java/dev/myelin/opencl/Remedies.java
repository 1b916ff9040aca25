package dev.myelin.opencl;

import java.util.Locale;

/** What to install on this system when there is no OpenCL, in one sentence or two. */
enum Remedies {
  DEBIAN(
      "Install the loader: sudo apt install ocl-icd-libopencl1",
      "Install the GPU's driver, or run on the processor with: sudo apt install pocl-opencl-icd"),
  FEDORA(
      "Install the loader: sudo dnf install ocl-icd",
      "Install the GPU's driver, or run on the processor with: sudo dnf install pocl"),
  WINDOWS(
      "Install the GPU's driver from its vendor: it brings OpenCL.dll",
      "Install the GPU's driver from its vendor, or Intel's CPU Runtime for OpenCL"),
  MAC(
      "OpenCL is part of macOS up to its framework's removal; use the device cpu here",
      "macOS offers no OpenCL device on this machine; use the device cpu here"),
  OTHER(
      "Install an OpenCL loader (libOpenCL.so.1, ocl-icd)",
      "Install the GPU's driver, or PoCL to run on the processor");

  private final String loader;
  private final String driver;

  Remedies(String loader, String driver) {
    this.loader = loader;
    this.driver = driver;
  }

  /**
   * @param osName the system property os.name
   * @param osRelease the text of /etc/os-release; empty where there is none
   */
  static Remedies of(String osName, String osRelease) {
    String system = osName.toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return WINDOWS;
    }
    if (system.startsWith("mac")) {
      return MAC;
    }
    for (String line : osRelease.split("\n", -1)) {
      if (line.startsWith("ID=") || line.startsWith("ID_LIKE=")) {
        if (line.contains("debian") || line.contains("ubuntu")) {
          return DEBIAN;
        }
        if (line.contains("fedora") || line.contains("rhel")) {
          return FEDORA;
        }
      }
    }
    return OTHER;
  }

  /** When there is no libOpenCL. */
  String forNoLoader() {
    return loader;
  }

  /** When libOpenCL knows no driver, or its drivers no device. */
  String forNoDriver() {
    return driver;
  }
}
