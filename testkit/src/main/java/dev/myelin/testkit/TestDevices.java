package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendUnavailableException;
import dev.myelin.Backends;
import dev.myelin.Profile;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/**
 * Opens the device that a test asks for. One that is not there skips the test with the reason,
 * unless the system property {@code myelin.requireDevices} lists it: then the test fails.
 */
public final class TestDevices {
  /** Names the devices that must be there, separated by commas: "cpu,opencl". */
  public static final String REQUIRED_DEVICES = "myelin.requireDevices";

  private TestDevices() {}

  /**
   * Opens a device.
   *
   * @param device as {@link Backends#open(String)} takes it
   * @throws TestAbortedException when the device is not there and need not be
   */
  public static Backend open(String device, BackendOptions options) {
    try {
      return Backends.open(device, options);
    } catch (BackendUnavailableException unavailable) {
      throw absent(unavailable, device);
    }
  }

  /** As {@link #open(String, BackendOptions)}; what the device does is written down. */
  static Backend open(String device, BackendOptions options, Profile profile) {
    try {
      return Backends.open(device, options, profile);
    } catch (BackendUnavailableException unavailable) {
      throw absent(unavailable, device);
    }
  }

  /**
   * The exception with which a test ends whose device is not there: {@code throw absent(...)}.
   *
   * @param reason its message becomes the test's
   * @param devices names of the device; where one of them is required the test fails
   * @return what skips the test
   * @throws AssertionError when the device is required
   */
  public static TestAbortedException absent(Exception reason, String... devices) {
    for (String device : devices) {
      if (isRequired(device)) {
        throw new AssertionError(
            REQUIRED_DEVICES + " names " + device + ", but: " + reason.getMessage(), reason);
      }
    }
    return new TestAbortedException(reason.getMessage(), reason);
  }

  private static boolean isRequired(String device) {
    String backend = device.replaceFirst(":.*", "");
    return Arrays.stream(System.getProperty(REQUIRED_DEVICES, "").split(",", -1))
        .map(String::strip)
        .anyMatch(name -> name.equals(device) || name.equals(backend));
  }
}
