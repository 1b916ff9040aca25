package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.myelin.BackendOptions;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PoCL has LLVM set handlers for SIGSEGV and others, each for one signal only (SA_RESETHAND); the
 * first one puts the JVM's back. The JVM stops compiled loops by that very signal, all threads at
 * once: when a second one gets it before the handlers are back, the process ends without a word.
 * With the JDK's libjsig.so preloaded, as {@code ./myelin} and these tests have it, the JVM's
 * handlers stay where they are.
 */
class SignalsTest {
  @TempDir Path folder;

  @Test
  void threads_thatTheJvmStops_surviveLlvmsHandlers_withTheJdksLibraryPreloaded() throws Exception {
    TestDevices.open(OpenClBackendProvider.NAME, BackendOptions.DEFAULT).close();
    Path keeper = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    assumeTrue(Files.exists(keeper), "only JDKs for Linux have libjsig.so");
    String output =
        JavaProcess.output(
            Map.of("LD_PRELOAD", keeper + ":" + slowSigaction()),
            List.of("-Xmx64m", "-XX:+UseParallelGC"),
            SignalsMain.class);
    assertTrue(output.contains(" stops"), output);
  }

  private Path slowSigaction() {
    try {
      return TestLibrary.compile(folder, "slow-sigaction.cpp", "libslow-sigaction.so");
    } catch (IOException noCompiler) {
      throw TestDevices.absent(noCompiler, OpenClBackendProvider.NAME);
    }
  }
}
