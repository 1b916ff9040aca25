package dev.myelin.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Looks for devices from many threads at once, before any other use of OpenCL in the process, and
 * makes and releases contexts of the first one from all of them again and again.
 */
final class ManyThreadsMain {
  private static final int THREADS = 8;

  private ManyThreadsMain() {}

  /**
   * Prints what each thread has found.
   *
   * @param arguments how many contexts each makes
   */
  public static void main(String[] arguments) throws Exception {
    int times = Integer.parseInt(arguments[0]);
    // Loads classes and the library, so that all threads come to the driver at one time.
    boolean ready = NativeLibrary.isLoaded();
    CyclicBarrier start = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<List<String>>> found = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      found.add(
          threads.submit(
              () -> {
                start.await();
                return findAndOpen(times);
              }));
    }
    for (Future<List<String>> each : found) {
      System.out.println(ready + " " + each.get());
    }
    threads.shutdown();
  }

  private static List<String> findAndOpen(int times) {
    List<OpenClDevice> devices = OpenClDevices.of(OpenClDevices.platforms());
    for (int i = 0; i < times; i++) {
      Contexts.release(Contexts.create(devices.get(0)));
    }
    return devices.stream().map(device -> device.info().name()).toList();
  }
}
