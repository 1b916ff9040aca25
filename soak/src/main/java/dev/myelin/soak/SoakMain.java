package dev.myelin.soak;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code SoakMain SECONDS SECONDS_BETWEEN_SAMPLES FOLDER DEVICE...}; see .ci/soak. */
public final class SoakMain {
  private SoakMain() {}

  public static void main(String[] arguments) throws Exception {
    if (!passes(arguments)) {
      System.exit(1);
    }
  }

  /** A run that is too short to be judged does not pass. */
  static boolean passes(String... arguments) throws Exception {
    long seconds = Long.parseLong(arguments[0]);
    long secondsBetweenSamples = Long.parseLong(arguments[1]);
    List<SoakDevice> devices = Arrays.stream(arguments).skip(3).map(SoakDevice::new).toList();
    Soak soak = new Soak(devices, Path.of(arguments[2]));
    return soak.run(seconds, secondsBetweenSamples).isPassed();
  }
}
