package dev.myelin.opencl;

import dev.myelin.BackendProvider;
import dev.myelin.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks for devices from many threads at once, before any other use of OpenCL in the process. */
final class FirstUseByManyMain {
  private static final int THREADS = 8;

  private FirstUseByManyMain() {}

  /** Prints what each thread has found. */
  public static void main(String[] arguments) throws Exception {
    BackendProvider provider = new OpenClBackendProvider();
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
                return provider.probe().devices().stream().map(DeviceInfo::name).toList();
              }));
    }
    for (Future<List<String>> each : found) {
      System.out.println(ready + " " + each.get());
    }
    threads.shutdown();
  }
}
