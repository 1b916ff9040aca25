package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import java.util.ArrayList;
import java.util.List;

/** Several devices at once, to be compared. Closing closes them all. */
final class OpenDevices implements AutoCloseable {
  private final List<Backend> backends = new ArrayList<>();

  private final List<String> leftOut = new ArrayList<>();

  private OpenDevices() {}

  /**
   * Opens devices.
   *
   * @param names "all" for all that can be used here, or names with commas between
   * @throws dev.myelin.BackendException when one that was named does not open, or none of all
   */
  static OpenDevices open(String names, BackendOptions options) {
    if (names.equals("all")) {
      return openWhatOpens(usable(options).stream().map(Backends::select).toList(), options);
    }
    OpenDevices devices = new OpenDevices();
    try {
      for (String name : names.split(",", -1)) {
        Backends.Selection selection = Backends.select(name.strip());
        if (devices.infos().contains(selection.device())) {
          throw new UsageException(
              "--device " + names + " names " + selection.device().id() + " twice");
        }
        devices.backends.add(selection.open(options));
      }
      return devices;
    } catch (RuntimeException | Error failure) {
      devices.closeAfter(failure);
      throw failure;
    }
  }

  /**
   * Opens devices of which nobody asked for a certain one: what does not open is left out.
   *
   * @throws dev.myelin.BackendException of the first when none opens
   */
  static OpenDevices openWhatOpens(List<Backends.Selection> selections, BackendOptions options) {
    OpenDevices devices = new OpenDevices();
    BackendException first = null;
    for (Backends.Selection selection : selections) {
      try {
        devices.backends.add(selection.open(options));
      } catch (BackendException failure) {
        devices.leftOut.add(failure.getMessage());
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      } catch (RuntimeException | Error failure) {
        devices.closeAfter(failure);
        throw failure;
      }
    }
    if (devices.backends.isEmpty()) {
      throw first;
    }
    return devices;
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException unclosed) {
      failure.addSuppressed(unclosed);
    }
  }

  /**
   * What "all" stands for: the ids of all devices that can do what is asked, the preferred first.
   *
   * @throws dev.myelin.BackendUnavailableException when there is none
   */
  static List<String> usable(BackendOptions options) {
    List<String> usable =
        Backends.probeAll().stream()
            .map(Probe::devices)
            .flatMap(List::stream)
            .filter(device -> device.precisions().contains(options.precision()))
            .map(DeviceInfo::id)
            .toList();
    if (usable.isEmpty()) {
      Backends.select("best").requirePrecision(options.precision());
    }
    return usable;
  }

  List<Backend> backends() {
    return backends;
  }

  /** Of what would not open, why: a sentence each with the device's name. */
  List<String> leftOut() {
    return leftOut;
  }

  List<DeviceInfo> infos() {
    return backends.stream().map(Backend::device).toList();
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (Backend backend : backends) {
      try {
        backend.close();
      } catch (RuntimeException unclosed) {
        if (failure == null) {
          failure = unclosed;
        } else {
          failure.addSuppressed(unclosed);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
