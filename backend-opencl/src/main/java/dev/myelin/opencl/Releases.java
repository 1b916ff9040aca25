package dev.myelin.opencl;

import dev.myelin.DeviceException;

/**
 * Gives back all that there is, whatever fails on the way. What fails first is kept, and thrown
 * when all has been tried.
 */
final class Releases {
  private final String device;
  private DeviceException first;

  Releases(String device) {
    this.device = device;
  }

  /**
   * Takes note of what a function returned.
   *
   * @param operation what was being done, or given back
   */
  void check(String operation, int status) {
    try {
      Status.check(operation, status, device);
    } catch (DeviceException failure) {
      if (first == null) {
        first = failure;
      }
    }
  }

  /**
   * @throws DeviceException what failed first, if anything has
   */
  void throwFirst() {
    if (first != null) {
      throw first;
    }
  }
}
