package dev.myelin.cuda;

import dev.myelin.kernels.NativeUnpacking;
import java.io.IOException;
import java.io.InputStream;
import jcuda.driver.JCudaDriver;

/**
 * Whether JCuda can be used. Its first use throws the reason why not, and all later ones a {@link
 * NoClassDefFoundError} without it, so the first use is made here and its outcome kept.
 */
final class NativeLibrary {
  private static final String PROBLEM = load();

  private NativeLibrary() {}

  private static String load() {
    try {
      try (InputStream checksums = NativeLibrary.class.getResourceAsStream("jcuda.sha256")) {
        // The default, which other users of JCuda may have changed: return codes are checked here,
        // every one, because only the caller knows what was being done, where.
        NativeUnpacking.load(
            JCudaDriver.class, checksums, () -> JCudaDriver.setExceptionsEnabled(false));
      }
      return null;
    } catch (IOException failure) {
      return failure.getMessage();
    } catch (UnsatisfiedLinkError | NoClassDefFoundError failure) {
      return String.valueOf(failure.getMessage());
    } catch (ExceptionInInitializerError failure) {
      return String.valueOf(failure.getCause());
    }
  }

  static boolean isLoaded() {
    return PROBLEM == null;
  }

  /** Whether what is missing is libcuda, which only a driver brings. */
  static boolean isDriverMissing() {
    return PROBLEM != null && isAboutDriver(PROBLEM);
  }

  /** On Windows the message does not name the library that was looked for. */
  static boolean isAboutDriver(String problem) {
    return problem.contains("libcuda.so") || problem.contains("dependent libraries");
  }

  /** What JCuda says, in one line; null when it is loaded. */
  static String problem() {
    return PROBLEM == null ? null : NativeUnpacking.lastError(PROBLEM);
  }
}
