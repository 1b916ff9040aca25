package dev.myelin.opencl;

import dev.myelin.io.AtomicFile;
import dev.myelin.io.InvalidJsonException;
import dev.myelin.io.Json;
import dev.myelin.kernels.KernelSources;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which sizes are fastest on which device. An entry of the user's, which {@code myelin tune} wrote
 * for this device and driver, goes before the built-in one, and that before the defaults. An entry
 * that is damaged, or was measured with another driver, is ignored, which is said once.
 *
 * <p>The user's entries are files in the cache folder, one for a device; the built-in ones stand in
 * the kernels' tuning-opencl.json.
 */
final class TuningTable {
  private static final String BUILT_IN = "tuning-opencl.json";
  private static final Logger LOGGER = System.getLogger(TuningTable.class.getName());

  /** Files that the user has been told of. */
  private static final Set<Path> COMPLAINED_OF = ConcurrentHashMap.newKeySet();

  private final Path folder;

  TuningTable(Path folder) {
    this.folder = folder;
  }

  static TuningTable ofUser() {
    return new TuningTable(CacheFolder.ofUser());
  }

  /** Where the user's entry for a device is. */
  Path file(OpenClDevice device) {
    String key = device.platformName() + "|" + device.info().name();
    byte[] digest = sha256().digest(key.getBytes(StandardCharsets.UTF_8));
    return folder.resolve("tuning-" + HexFormat.of().formatHex(digest, 0, 8) + ".json");
  }

  /** The sizes to use. */
  Tuning of(OpenClDevice device) {
    return usersEntry(device, builtIn(device));
  }

  private Tuning usersEntry(OpenClDevice device, Tuning fallback) {
    Path file = file(device);
    if (!Files.isRegularFile(file)) {
      return fallback;
    }
    try {
      TuningEntry entry = TuningEntry.of(Json.read(Files.readAllBytes(file)));
      if (!entry.driver().equals(device.driverVersion())) {
        complain(
            file,
            "it was measured with driver "
                + entry.driver()
                + ", and now there is "
                + device.driverVersion());
        return fallback;
      }
      if (!entry.isFor(device)) {
        complain(file, "it is for another device, " + entry.device());
        return fallback;
      }
      return entry.appliedTo(fallback, device);
    } catch (IOException | InvalidJsonException | TuningEntry.Fault unusable) {
      complain(file, String.valueOf(unusable.getMessage()));
      return fallback;
    }
  }

  private static void complain(Path file, String reason) {
    if (COMPLAINED_OF.add(file)) {
      LOGGER.log(
          Level.WARNING,
          "The tuning in "
              + file
              + " is ignored: "
              + reason
              + ". Measure anew with 'myelin tune', or delete the file.");
    }
  }

  /** What stands for the device in the jar: a starting point, whatever the driver's version. */
  private static Tuning builtIn(OpenClDevice device) {
    Tuning defaults = Tuning.defaults(device);
    if (!(Json.read(KernelSources.load(BUILT_IN)) instanceof List<?> entries)) {
      throw new TuningEntry.Fault(BUILT_IN + " is no array");
    }
    for (Object each : entries) {
      TuningEntry entry = TuningEntry.of(each);
      if (entry.isFor(device)) {
        return entry.appliedTo(defaults, device);
      }
    }
    return defaults;
  }

  /**
   * Keeps an entry for the device.
   *
   * @throws java.io.UncheckedIOException when the folder cannot be written; an older entry stays
   */
  void write(OpenClDevice device, Map<String, Object> document) {
    byte[] text = (Json.writeIndented(document) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file(device), out -> out.write(text));
    COMPLAINED_OF.remove(file(device));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
