package dev.myelin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Finds the backends on the class path and opens their devices. Never falls back silently to
 * another device. May be called by any threads at once.
 */
public final class Backends {

  /**
   * A device that was picked, and why.
   *
   * @param provider what opens it
   * @param device which
   * @param reason one sentence for the user
   */
  public record Selection(BackendProvider provider, DeviceInfo device, String reason) {
    /**
     * Lets what takes long before the first step begin in the background: for programs that have
     * something else to do first, such as reading data. On the CPU, the JVM compiles the loops that
     * nearly every training needs. Changes no result; {@link #open} needs no such call.
     */
    public void prepare() {
      provider.prepare(device);
    }

    /**
     * Opens the device.
     *
     * @throws BackendUnavailableException when it cannot be used after all, or does not have the
     *     precision that is asked for
     */
    public Backend open(BackendOptions options) {
      requirePrecision(options.precision());
      return new CheckedBackend(provider.open(device, options));
    }

    /** As {@link #open(BackendOptions)}; what the device does is written down. */
    public Backend open(BackendOptions options, Profile profile) {
      requirePrecision(options.precision());
      return new CheckedBackend(new ProfiledBackend(provider.open(device, options), profile));
    }

    /**
     * Checks, before anything is opened, what {@link #open} checks as well.
     *
     * @throws BackendUnavailableException when the device does not have the precision
     */
    public void requirePrecision(Precision wanted) {
      if (!device.precisions().contains(wanted)) {
        String there =
            device.precisions().stream().map(Precision::text).collect(Collectors.joining(" and "));
        throw new BackendUnavailableException(
            device.id(),
            "it multiplies matrices in " + there + " only, and " + wanted.text() + " is asked for",
            "Leave the precision out, or use a device that has "
                + wanted.text()
                + ": an NVIDIA GPU of compute capability 8.0 or newer, through cuda");
      }
    }
  }

  private Backends() {}

  /** Opens the device that {@link #select} picks for "best". */
  public static Backend best() {
    return open("best");
  }

  /**
   * Opens a device.
   *
   * @param device "best", a backend's name ("cpu": its first device), or a name and a number
   *     ("opencl:1")
   * @throws BackendUnavailableException when it is not there or not usable, with reason and remedy
   */
  public static Backend open(String device) {
    return open(device, BackendOptions.DEFAULT);
  }

  /** As {@link #open(String)}, with the user's wishes. */
  public static Backend open(String device, BackendOptions options) {
    return select(device).open(options);
  }

  /** As {@link #open(String, BackendOptions)}; what the device does is written down. */
  public static Backend open(String device, BackendOptions options, Profile profile) {
    return select(device).open(options, profile);
  }

  /** Picks a device without opening it; see {@link #open(String)}. */
  public static Selection select(String device) {
    return select(device, providers());
  }

  /** What every backend on the class path found, in the order of preference, unusable ones last. */
  public static List<Probe> probeAll() {
    return probeAll(providers());
  }

  static List<Probe> probeAll(List<BackendProvider> providers) {
    return providers.stream()
        .map(Backends::probe)
        .sorted(Comparator.comparingInt(Backends::preference).reversed())
        .toList();
  }

  static Selection select(String device, List<BackendProvider> providers) {
    if (device.equals("best")) {
      return selectBest(providers);
    }
    String backend = device.contains(":") ? device.substring(0, device.indexOf(':')) : device;
    BackendProvider provider =
        providers.stream().filter(p -> p.name().equals(backend)).findFirst().orElse(null);
    if (provider == null) {
      throw new BackendUnavailableException(
          device,
          "no backend of that name is on the class path (there: " + names(providers) + ")",
          "Add the jar myelin-backend-" + backend + ", or ask for another device");
    }
    Probe probe = probe(provider);
    if (!probe.isUsable()) {
      throw new BackendUnavailableException(device, probe.reason(), probe.remedy());
    }
    int index = device.equals(backend) ? 0 : index(device, backend, probe);
    return new Selection(provider, probe.devices().get(index), "asked for by name");
  }

  private static int index(String device, String backend, Probe probe) {
    String number = device.substring(backend.length() + 1);
    int count = probe.devices().size();
    if (number.matches("\\d{1,4}") && Integer.parseInt(number) < count) {
      return Integer.parseInt(number);
    }
    throw new BackendUnavailableException(
        device,
        backend + " has no device number '" + number + "', but " + count,
        "Write " + backend + ":0" + (count > 1 ? " to " + backend + ":" + (count - 1) : ""));
  }

  private static Selection selectBest(List<BackendProvider> providers) {
    List<String> others = new ArrayList<>();
    BackendProvider bestProvider = null;
    DeviceInfo best = null;
    for (BackendProvider provider : providers) {
      Probe probe = probe(provider);
      if (!probe.isUsable()) {
        others.add(probe.backend() + ": " + probe.reason());
        continue;
      }
      for (DeviceInfo device : probe.devices()) {
        if (best == null || device.preference() > best.preference()) {
          if (best != null) {
            others.add(best.id() + ": slower as a rule");
          }
          best = device;
          bestProvider = provider;
        } else {
          others.add(device.id() + ": slower as a rule");
        }
      }
    }
    if (best == null) {
      throw new BackendUnavailableException(
          "best",
          others.isEmpty() ? "no backend is on the class path" : String.join("; ", others),
          "Add the jar myelin-backend-cpu, which runs everywhere");
    }
    String reason =
        others.isEmpty() ? "the only device found" : "preferred to " + String.join("; ", others);
    return new Selection(bestProvider, best, reason);
  }

  /** A provider that throws instead of saying why must not hide the others. */
  private static Probe probe(BackendProvider provider) {
    try {
      return provider.probe();
    } catch (RuntimeException | LinkageError broken) {
      Throwable reason = broken;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      return Probe.unusable(
          provider.name(),
          "looking for its devices failed with " + reason,
          "This is a mistake in backend "
              + provider.name()
              + " or in its settings: report it, and use another device");
    }
  }

  private static int preference(Probe probe) {
    return probe.devices().stream().mapToInt(DeviceInfo::preference).max().orElse(0);
  }

  private static String names(List<BackendProvider> providers) {
    return providers.isEmpty()
        ? "none"
        : providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
  }

  /** A provider that cannot be loaded becomes one that says so, instead of hiding the others. */
  private static List<BackendProvider> providers() {
    List<BackendProvider> providers = new ArrayList<>();
    Iterator<BackendProvider> found = ServiceLoader.load(BackendProvider.class).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return providers;
        }
        providers.add(found.next());
      } catch (ServiceConfigurationError broken) {
        providers.add(new BrokenProvider(broken));
      }
    }
  }

  private record BrokenProvider(ServiceConfigurationError error) implements BackendProvider {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public Probe probe() {
      return Probe.unusable(
          name(),
          String.valueOf(error.getMessage()),
          "Check that all jars of Myelin on the class path have the same version");
    }

    @Override
    public Backend open(DeviceInfo device, BackendOptions options) {
      throw new BackendUnavailableException(name(), probe().reason(), probe().remedy(), error);
    }
  }
}
