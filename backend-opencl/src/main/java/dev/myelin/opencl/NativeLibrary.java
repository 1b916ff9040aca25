package dev.myelin.opencl;

import dev.myelin.kernels.NativeUnpacking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocl.CL;

/**
 * Whether JOCL can be used. Its first use throws the reason why not, and all later ones a {@link
 * NoClassDefFoundError} without it, so the first use is made here and its outcome kept.
 *
 * <p>On Linux JOCL asks for the loader by the name that only development packages bring, {@code
 * libOpenCL.so}, and prints to the standard error when there is none; drivers and the loader's own
 * package bring {@code libOpenCL.so.1}. So an {@link AliasLibrary} of the one name for the other is
 * loaded beforehand, which also tells whether there is a loader before JOCL is touched.
 */
final class NativeLibrary {
  /** How JOCL says that its own library is there, but not OpenCL's. */
  private static final String NO_LOADER = "Implementation library could not be loaded";

  private static final String LOADER = "libOpenCL.so.1";
  private static final String LOADER_OF_JOCL = "libOpenCL.so";

  private static final String PROBLEM = load();

  private NativeLibrary() {}

  private static String load() {
    try {
      if (isLoaderMissingOnLinux()) {
        return NO_LOADER;
      }
      try (InputStream checksums = NativeLibrary.class.getResourceAsStream("jocl.sha256")) {
        // The default, which other users of JOCL may have changed; return codes are checked here.
        NativeUnpacking.load(CL.class, checksums, () -> CL.setExceptionsEnabled(false));
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

  /** False also where that cannot be found out without JOCL. */
  private static boolean isLoaderMissingOnLinux() {
    String osArch = System.getProperty("os.arch");
    if (!AliasLibrary.isPossibleOn(System.getProperty("os.name"), osArch)) {
      return false;
    }
    try {
      return !isLoadable(AliasLibrary.elf(osArch, LOADER_OF_JOCL, LOADER))
          && !isLoadable(AliasLibrary.elf(osArch, "libmyelin-alias.so", LOADER_OF_JOCL));
    } catch (IOException noTemporaryFile) {
      // JOCL's own library is unpacked to the same folder, and what is wrong is said there.
      return false;
    }
  }

  // There is no name to load it by but a path, since it is in a file only for as long as it takes.
  private static boolean isLoadable(byte[] library) throws IOException {
    Path file = Files.createTempFile("myelin", ".so");
    try {
      Files.write(file, library);
      System.load(file.toString());
      return true;
    } catch (UnsatisfiedLinkError missing) {
      return false;
    } finally {
      Files.delete(file);
    }
  }

  static boolean isLoaded() {
    return PROBLEM == null;
  }

  /** Whether what is missing is libOpenCL, which a driver or the system brings. */
  static boolean isLoaderMissing() {
    return PROBLEM != null && PROBLEM.contains(NO_LOADER);
  }

  /** What JOCL says, in one line; null when it is loaded. */
  static String problem() {
    return PROBLEM == null ? null : NativeUnpacking.lastError(PROBLEM);
  }
}
