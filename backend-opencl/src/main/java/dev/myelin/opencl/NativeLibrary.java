package dev.myelin.opencl;

import org.jocl.CL;

/**
 * Whether JOCL can be used. Its first use throws the reason why not, and all later ones a {@link
 * NoClassDefFoundError} without it, so the first use is made here and its outcome kept.
 */
final class NativeLibrary {
  /** How JOCL says that its own library is there, but not OpenCL's. */
  private static final String NO_LOADER = "Implementation library could not be loaded";

  private static final String PROBLEM = load();

  private NativeLibrary() {}

  private static String load() {
    try {
      // The default, which other users of JOCL may have changed; return codes are checked here.
      CL.setExceptionsEnabled(false);
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

  /** Whether what is missing is libOpenCL, which a driver or the system brings. */
  static boolean isLoaderMissing() {
    return PROBLEM != null && PROBLEM.contains(NO_LOADER);
  }

  /** What JOCL says; null when it is loaded. */
  static String problem() {
    return PROBLEM;
  }
}
