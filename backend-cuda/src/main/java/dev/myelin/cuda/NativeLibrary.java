package dev.myelin.cuda;

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
      // The default, which other users of JCuda may have changed: return codes are checked here,
      // every one, because only the caller knows what was being done, where.
      JCudaDriver.setExceptionsEnabled(false);
      return null;
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
    return PROBLEM == null ? null : lastError(PROBLEM);
  }

  /**
   * JCuda's message is two stack traces long; what the loader said at its last attempt is one line
   * of it.
   */
  static String lastError(String problem) {
    String prefix = UnsatisfiedLinkError.class.getName() + ": ";
    return problem
        .lines()
        .filter(line -> line.startsWith(prefix))
        .reduce((first, second) -> second)
        .map(line -> line.substring(prefix.length()))
        .orElse(problem.lines().findFirst().orElse(""));
  }
}
