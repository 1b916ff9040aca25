package dev.myelin.soak;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.cuda.standin.StandInDriver;
import dev.myelin.cuda.standin.StandInUnavailableException;
import java.nio.file.Path;

/**
 * A device as the command line names it: "cpu", "opencl", "cuda", or {@value #STAND_IN}, the same
 * CUDA backend on the stand-in for its driver.
 *
 * @param name as it was given
 */
record SoakDevice(String name) {
  static final String STAND_IN = "cuda-stand-in";

  /**
   * Puts the stand-in in the driver's place, where it is asked for; before any device is opened.
   *
   * @throws StandInUnavailableException when it cannot be compiled here
   */
  void prepare() throws StandInUnavailableException {
    if (isStandIn()) {
      String folder = System.getProperty(StandInDriver.BUILD_DIR, "cuda-stand-in/target/stand-in");
      StandInDriver.load(Path.of(folder));
      StandInDriver.reset();
    }
  }

  boolean isStandIn() {
    return name.equals(STAND_IN);
  }

  Backend open(BackendOptions options) {
    return Backends.open(isStandIn() ? "cuda" : name, options);
  }
}
