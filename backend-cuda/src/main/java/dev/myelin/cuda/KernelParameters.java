package dev.myelin.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The types of a kernel's parameters, read from its PTX: what the host passes is compared with
 * them, since the driver would take whatever lies there.
 */
final class KernelParameters {
  /** What a parameter is. PTX does not tell pointers from 64-bit numbers. */
  enum Kind {
    INTEGER,
    REAL,
    INDEX
  }

  private static final String ENTRY = ".entry ";
  private static final String PARAMETER = ".param ";

  private KernelParameters() {}

  /**
   * @throws IllegalArgumentException when there is no such kernel, or it takes what the host does
   *     not pass
   */
  static List<Kind> of(String ptx, String kernel) {
    int entry = ptx.indexOf(ENTRY + kernel + "(");
    if (entry < 0) {
      throw new IllegalArgumentException("there is no kernel " + kernel);
    }
    List<Kind> kinds = new ArrayList<>();
    String list = ptx.substring(entry, ptx.indexOf(')', entry));
    for (int at = list.indexOf(PARAMETER); at >= 0; at = list.indexOf(PARAMETER, at + 1)) {
      String text = list.substring(at + PARAMETER.length()).stripLeading();
      kinds.add(kind(text.substring(0, text.indexOf(' ')), kernel));
    }
    return kinds;
  }

  private static Kind kind(String text, String kernel) {
    return switch (text) {
      case ".u32", ".s32", ".b32" -> Kind.INTEGER;
      case ".f32" -> Kind.REAL;
      case ".u64", ".s64", ".b64" -> Kind.INDEX;
      default ->
          throw new IllegalArgumentException(
              "kernel " + kernel + " has a parameter of type " + text);
    };
  }
}
