package dev.myelin.opencl;

import dev.myelin.BackendOptions;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A library between JOCL and the OpenCL loader, which makes the calls fail that a test chooses and
 * keeps books of what was not given back: faulty-loader.cpp, compiled by the tests. Once a process
 * has asked for OpenCL it is too late for it, so its tests have a JVM of their own.
 */
final class FaultyLoader {
  private static boolean loaded;

  private FaultyLoader() {}

  /**
   * Compiles and loads the library, and makes its books as new. Without a compiler, jni.h or OpenCL
   * to pass calls on to, the test is skipped, or fails where OpenCL is required.
   */
  static synchronized void loadOrSkip() {
    try {
      if (!loaded) {
        System.load(compile().toString());
        loaded = true;
      }
    } catch (IOException unavailable) {
      throw TestDevices.absent(unavailable, OpenClBackendProvider.NAME);
    }
    if (!isLoaderThere()) {
      throw TestDevices.absent(
          new IOException("no libOpenCL.so.1: sudo apt install ocl-icd-libopencl1 pocl-opencl-icd"),
          OpenClBackendProvider.NAME);
    }
    reset();
    // Skips the test where there is a loader, but no device.
    TestDevices.open(OpenClBackendProvider.NAME, BackendOptions.DEFAULT).close();
    reset();
  }

  private static Path compile() throws IOException {
    Path folder = Files.createTempDirectory("myelin-faulty-loader");
    String source = "faulty-loader.cpp";
    Path library =
        TestLibrary.compile(folder, source, "libfaulty-loader.so", "-Wl,-soname,libOpenCL.so.1");
    List.of(folder, folder.resolve(source), library).forEach(each -> each.toFile().deleteOnExit());
    return library;
  }

  /** Makes the n-th next call fail, 1 for the next, without doing anything else. */
  static void failCall(long nth, int status) {
    failNamed(null, nth, status);
  }

  /** Makes the n-th next call of one function fail: "clCreateBuffer". */
  static void failCall(String function, long nth, int status) {
    failNamed(function, nth, status);
  }

  private static native void failNamed(String function, long nth, int status);

  /** Makes the n-th next call fail, and all after it. */
  static native void loseDevice(long nth, int status);

  /** All calls succeed again, and none was counted; what is not given back yet is still known. */
  static native void reset();

  /** Calls since the last reset, by function. */
  static Map<String, Integer> calls() {
    Map<String, Integer> calls = new TreeMap<>();
    for (String line : callLines()) {
      String[] pair = line.split("=", 2);
      calls.put(pair[0], Integer.valueOf(pair[1]));
    }
    return calls;
  }

  private static native String[] callLines();

  /** The function whose call was the first that was made to fail since the last reset; or empty. */
  static native String firstFailed();

  /** Objects of which nobody asked to give them back, and such as were given back too often. */
  static List<String> mistakes() {
    return List.of(mistakeLines());
  }

  private static native String[] mistakeLines();

  private static native boolean isLoaderThere();
}
