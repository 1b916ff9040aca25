package dev.myelin.cpu;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Offers this machine's processor, which is always there. */
public final class CpuBackendProvider implements BackendProvider {
  private static final int PREFERENCE = 200;
  private static final Path LINUX_CPU_DESCRIPTION = Path.of("/proc/cpuinfo");

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Probe probe() {
    Implementation best = Implementation.best();
    String remedy = best == Implementation.SCALAR ? Implementation.REMEDY : "";
    return Probe.usable(List.of(device(best)), remedy);
  }

  @Override
  public void prepare(DeviceInfo device) {
    Implementation.best().warmUp();
  }

  @Override
  public Backend open(DeviceInfo device, BackendOptions options) {
    Implementation implementation = Implementation.best();
    implementation.warnIfSlow();
    return new CpuBackend(device, options, implementation);
  }

  private DeviceInfo device(Implementation implementation) {
    String detail =
        String.format(
            "%s, %d threads, Java %s",
            implementation.description(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature());
    return new DeviceInfo(
        name(), 0, processorName(), detail, CpuMemory.heapShareBytes(), PREFERENCE);
  }

  /** What the processor calls itself where the system tells (Linux), else its architecture. */
  private static String processorName() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(LINUX_CPU_DESCRIPTION)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(LINUX_CPU_DESCRIPTION)) {
      return lines
          .filter(line -> line.startsWith("model name") && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture);
    } catch (IOException unreadable) {
      return architecture;
    }
  }
}
