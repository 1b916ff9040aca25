package dev.myelin.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads kernel files from the class path as one text each, ready for a device's compiler; and the
 * tables that lie beside them.
 */
public final class KernelSources {
  private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z.-]+)\"");

  private KernelSources() {}

  /**
   * A kernel file with every {@code #include} replaced by the text of the file it names, at its
   * first mention; later ones are dropped.
   *
   * @param file "activations.cl", "tuning-opencl.json"
   * @throws IllegalArgumentException when there is no such file
   */
  public static String load(String file) {
    StringBuilder text = new StringBuilder();
    append(file, new HashSet<>(), text);
    return text.toString();
  }

  private static void append(String file, Set<String> included, StringBuilder text) {
    if (!included.add(file)) {
      return;
    }
    for (String line : read(file).split("\n", -1)) {
      Matcher include = INCLUDE.matcher(line);
      if (include.matches()) {
        append(include.group(1), included, text);
      } else {
        text.append(line).append('\n');
      }
    }
  }

  private static String read(String file) {
    try (InputStream in = KernelSources.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no kernel file " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read kernel file " + file, unreadable);
    }
  }
}
