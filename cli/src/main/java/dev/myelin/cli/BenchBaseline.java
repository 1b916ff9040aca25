package dev.myelin.cli;

import dev.myelin.DeviceInfo;
import dev.myelin.cli.bench.EarlierTime;
import dev.myelin.cli.bench.Workload;
import dev.myelin.data.InvalidDataException;
import dev.myelin.io.InvalidJsonException;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An earlier run of 'bench', from the file that its --json wrote. */
final class BenchBaseline {
  private final Path file;
  private final Map<String, EarlierTime> times = new HashMap<>();

  private BenchBaseline(Path file) {
    this.file = file;
  }

  /**
   * Reads a run that can be compared with this one.
   *
   * @throws InvalidDataException when the file is none, or was measured under other conditions
   */
  static BenchBaseline read(Path file, Map<String, Object> conditions, List<DeviceInfo> devices) {
    Map<?, ?> document = document(file);
    String difference =
        BenchConditions.difference(object(file, document, "conditions"), conditions);
    if (!difference.isEmpty()) {
      throw new InvalidDataException(
          file + ": cannot be compared with this run: " + difference + "; measure it anew");
    }
    for (Object each : list(file, document, "devices")) {
      requireSameDevice(file, asObject(file, each), devices);
    }
    BenchBaseline baseline = new BenchBaseline(file);
    for (Object each : list(file, document, "results")) {
      baseline.add(asObject(file, each));
    }
    return baseline;
  }

  private static Map<?, ?> document(Path file) {
    try {
      return asObject(file, Json.read(Files.readAllBytes(file)));
    } catch (NoSuchFileException absent) {
      throw new InvalidDataException(file + ": no such file; --json FILE writes one", absent);
    } catch (IOException cause) {
      throw new InvalidDataException(file + ": cannot be read (" + cause + ")", cause);
    } catch (InvalidJsonException cause) {
      throw new InvalidDataException(file + ": " + cause.getMessage(), cause);
    }
  }

  /** The same number may be another device than it was: a driver came, or a card. */
  private static void requireSameDevice(Path file, Map<?, ?> earlier, List<DeviceInfo> devices) {
    for (DeviceInfo device : devices) {
      boolean isSame =
          device.name().equals(earlier.get("name"))
              && device.detail().equals(earlier.get("detail"));
      if (device.id().equals(earlier.get("id")) && !isSame) {
        throw new InvalidDataException(
            String.format(
                "%s: cannot be compared with this run: %s was %s (%s), and is %s (%s) now; measure"
                    + " it anew",
                file,
                device.id(),
                earlier.get("name"),
                earlier.get("detail"),
                device.name(),
                device.detail()));
      }
    }
  }

  private void add(Map<?, ?> result) {
    String key = result.get("work") + "|" + result.get("shape") + "|" + result.get("device");
    times.put(
        key,
        new EarlierTime(
            number(result, "medianNanos"),
            number(result, "lowerQuartileNanos"),
            number(result, "upperQuartileNanos")));
  }

  private double number(Map<?, ?> result, String name) {
    if (result.get(name) instanceof Number number && number.doubleValue() > 0) {
      return number.doubleValue();
    }
    throw notOurs(file, name + " of a result is " + Json.excerpt(result.get(name)));
  }

  /** What the earlier run measured there; empty when it did not. */
  Optional<EarlierTime> time(Workload workload, DeviceInfo device) {
    return Optional.ofNullable(
        times.get(workload.name() + "|" + workload.shape() + "|" + device.id()));
  }

  /**
   * Says no to a baseline that says nothing about any of the work.
   *
   * @throws InvalidDataException naming what there is to measure
   */
  void requireAnyOf(List<Workload> workloads, List<DeviceInfo> devices) {
    for (Workload workload : workloads) {
      for (DeviceInfo device : devices) {
        if (time(workload, device).isPresent()) {
          return;
        }
      }
    }
    throw new InvalidDataException(
        String.format(
            "%s: has nothing of what is to be measured, as %s on %s; give the options that it was"
                + " made with",
            file, workloads.get(0).title(), devices.get(0).id()));
  }

  private static Map<?, ?> object(Path file, Map<?, ?> parent, String name) {
    return asObject(file, parent.get(name));
  }

  private static Map<?, ?> asObject(Path file, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw notOurs(file, "expected an object, found " + Json.excerpt(value));
  }

  private static List<?> list(Path file, Map<?, ?> parent, String name) {
    if (parent.get(name) instanceof List<?> list) {
      return list;
    }
    throw notOurs(file, name + " is " + Json.excerpt(parent.get(name)));
  }

  private static InvalidDataException notOurs(Path file, String what) {
    return new InvalidDataException(
        file + ": is not what 'myelin bench --json FILE' writes: " + what);
  }
}
