package dev.myelin.peers;

import java.net.URL;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which release of a library a process really runs on. */
final class Versions {
  private static final Pattern JAR = Pattern.compile(".*/[a-z0-9-]+?-(\\d[^/]*)\\.jar$");

  private Versions() {}

  /** The version in the name of the jar that a class came from. */
  static String ofClass(Class<?> type) {
    URL origin = type.getProtectionDomain().getCodeSource().getLocation();
    Matcher jar = JAR.matcher(origin.getPath());
    return jar.matches() ? jar.group(1) : "of unknown version";
  }
}
