package dev.myelin.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The graphics cards that Linux sees, driver or not: only with these can the absence of a driver be
 * told from the absence of a card. Elsewhere there are none as far as this class knows.
 */
final class GraphicsCards {
  private static final Path PCI_DEVICES = Path.of("/sys/bus/pci/devices");

  /** Display controllers (0x03) and processing accelerators (0x12), PCI Code and ID Assignment. */
  private static final List<String> CLASSES = List.of("0x03", "0x12");

  /** Who makes the card, by the vendor's number in the PCI registry. */
  enum Vendor {
    NVIDIA("0x10de", "cuda", "Install NVIDIA's driver, release 510 or newer"),
    AMD("0x1002", "opencl", "Install AMD's OpenCL driver: ROCm, or Mesa's (mesa-opencl-icd)"),
    INTEL("0x8086", "opencl", "Install Intel's OpenCL driver: intel-opencl-icd");

    private final String number;
    private final String backend;
    private final String remedy;

    Vendor(String number, String backend, String remedy) {
      this.number = number;
      this.backend = backend;
      this.remedy = remedy;
    }

    /** The backend that such a card is for. */
    String backend() {
      return backend;
    }

    String remedy() {
      return remedy;
    }

    String text() {
      return this == NVIDIA || this == AMD ? name() : "Intel";
    }
  }

  private GraphicsCards() {}

  static List<Vendor> ofThisMachine() {
    return in(PCI_DEVICES);
  }

  /**
   * @param pciDevices a folder like Linux's /sys/bus/pci/devices
   */
  static List<Vendor> in(Path pciDevices) {
    List<Vendor> found = new ArrayList<>();
    if (!Files.isDirectory(pciDevices)) {
      return found;
    }
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(pciDevices)) {
      for (Path device : devices) {
        String kind = read(device.resolve("class"));
        if (CLASSES.stream().anyMatch(kind::startsWith)) {
          String number = read(device.resolve("vendor"));
          for (Vendor vendor : Vendor.values()) {
            if (vendor.number.equals(number) && !found.contains(vendor)) {
              found.add(vendor);
            }
          }
        }
      }
    } catch (IOException notToBeRead) {
      // A container may hide the bus; then nothing is said about cards.
      return List.of();
    }
    return found;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip().toLowerCase(Locale.ROOT);
  }
}
