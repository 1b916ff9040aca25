package dev.myelin.cuda;

/** Whether operations put kernels into the queue, and how many they have put in. */
final class LaunchMode {
  private boolean rehearsing;
  private long launches;

  /** Kernels are loaded as they are asked for, and not launched. */
  boolean isRehearsing() {
    return rehearsing;
  }

  void setRehearsing(boolean isRehearsing) {
    rehearsing = isRehearsing;
  }

  void countLaunch() {
    launches++;
  }

  long launches() {
    return launches;
  }
}
