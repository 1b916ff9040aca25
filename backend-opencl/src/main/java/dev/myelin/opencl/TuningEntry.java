package dev.myelin.opencl;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One device's entry of a tuning table. Sizes that it does not mention stay as they are.
 *
 * @param sizes the members "tiled" and "packed"
 */
record TuningEntry(String platform, String device, String driver, Map<?, ?> sizes) {
  private static final long FORMAT_VERSION = 1;

  /** An entry that cannot be used, and why. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message);
    }
  }

  /**
   * Reads an entry.
   *
   * @param json what {@link #document} made, parsed
   * @throws Fault when something is missing or of the wrong type
   */
  static TuningEntry of(Object json) {
    Map<?, ?> members = object("the entry", json);
    if (whole(members, "formatVersion") != FORMAT_VERSION) {
      throw new Fault("its formatVersion is not " + FORMAT_VERSION);
    }
    return new TuningEntry(
        text(members, "platform"), text(members, "device"), text(members, "driver"), members);
  }

  boolean isFor(OpenClDevice other) {
    return platform.equals(other.platformName()) && device.equals(other.info().name());
  }

  /**
   * A tuning with this entry's sizes in place of its own.
   *
   * @throws Fault when the kernels or the device cannot work with one of them
   */
  Tuning appliedTo(Tuning tuning, OpenClDevice target) {
    Tuning result = tuning;
    if (sizes.containsKey("tiled")) {
      Map<?, ?> tiled = object("tiled", sizes.get("tiled"));
      result =
          result
              .withLarge(tiled("large", tiled, target))
              .withMedium(tiled("medium", tiled, target))
              .withSmall(tiled("small", tiled, target));
    }
    if (sizes.containsKey("packed")) {
      result = result.withPacked(packed(object("packed", sizes.get("packed"))));
    }
    return result;
  }

  private static TiledShape tiled(String name, Map<?, ?> all, OpenClDevice target) {
    Map<?, ?> members = object(name, all.get(name));
    TiledShape shape =
        new TiledShape(
            size(members, "rows"),
            size(members, "columns"),
            size(members, "depth"),
            size(members, "laneRows"),
            size(members, "laneColumns"));
    if (!shape.fits(target)) {
      throw new Fault("this device cannot run tiles of " + shape);
    }
    return shape;
  }

  private static PackedShape packed(Map<?, ?> members) {
    PackedShape shape =
        new PackedShape(
            size(members, "vector"), size(members, "rows"), size(members, "blockDepth"));
    if (!shape.isValid()) {
      throw new Fault("the kernel cannot work with panels of " + shape);
    }
    return shape;
  }

  /**
   * An entry to be written.
   *
   * @param variant whose sizes go into it
   */
  static Map<String, Object> document(OpenClDevice device, GemmVariant variant, Tuning tuning) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("formatVersion", FORMAT_VERSION);
    document.put("platform", device.platformName());
    document.put("device", device.info().name());
    document.put("driver", device.driverVersion());
    switch (variant) {
      case TILED -> {
        Map<String, Object> tiled = new LinkedHashMap<>();
        tiled.put("large", document(tuning.large()));
        tiled.put("medium", document(tuning.medium()));
        tiled.put("small", document(tuning.small()));
        document.put("tiled", tiled);
      }
      case PACKED, BY_SIZE -> {
        Map<String, Object> packed = new LinkedHashMap<>();
        packed.put("vector", tuning.packed().vector());
        packed.put("rows", tuning.packed().rows());
        packed.put("blockDepth", tuning.packed().blockDepth());
        document.put("packed", packed);
      }
    }
    return document;
  }

  private static Map<String, Object> document(TiledShape shape) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("rows", shape.rows());
    members.put("columns", shape.columns());
    members.put("depth", shape.depth());
    members.put("laneRows", shape.laneRows());
    members.put("laneColumns", shape.laneColumns());
    return members;
  }

  private static Map<?, ?> object(String name, Object value) {
    if (value instanceof Map<?, ?> members) {
      return members;
    }
    throw new Fault(name + " must be an object, but is " + described(value));
  }

  private static String text(Map<?, ?> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new Fault(name + " must be a string, but is " + described(members.get(name)));
  }

  private static long whole(Map<?, ?> members, String name) {
    if (members.get(name) instanceof Long number) {
      return number;
    }
    throw new Fault(name + " must be a whole number, but is " + described(members.get(name)));
  }

  /** A number that is safe to multiply with others of its kind. */
  private static int size(Map<?, ?> members, String name) {
    long size = whole(members, name);
    if (size < 1 || size > 4096) {
      throw new Fault(name + " must be between 1 and 4096, but is " + size);
    }
    return (int) size;
  }

  private static String described(Object value) {
    return value == null ? "missing" : value.toString();
  }
}
