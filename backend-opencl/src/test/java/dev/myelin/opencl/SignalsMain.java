package dev.myelin.opencl;

import java.util.List;

/**
 * Stops computing threads again and again, which the JVM may do by a signal, with OpenCL loaded.
 */
final class SignalsMain {
  private static final int THREADS = 3;
  private static final int STOPS = 40;

  /** Until the loop below is compiled; interpreted, it is stopped without a signal. */
  private static final long WARM_UP_MILLIS = 1_000;

  private static volatile float result;

  private SignalsMain() {}

  /** Prints how often the threads were stopped. */
  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(SignalsMain::compute);
      thread.setDaemon(true);
      thread.start();
    }
    Thread.sleep(WARM_UP_MILLIS);
    List<OpenClDevice> devices = OpenClDevices.of(OpenClDevices.platforms());
    for (int i = 0; i < STOPS; i++) {
      System.gc();
    }
    System.out.println(devices.size() + " devices, " + STOPS + " stops, " + result);
  }

  private static void compute() {
    float[] values = new float[4096];
    while (true) {
      for (int i = 1; i < values.length; i++) {
        values[i] = values[i] * 0.5f + values[i - 1];
      }
      long sum = 0;
      for (long i = 0; i < 100_000; i++) {
        sum += i ^ (sum << 1);
      }
      result = sum + values[1];
    }
  }
}
