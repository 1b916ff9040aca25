package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.BackendOptions;
import dev.myelin.testkit.TestDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is opened and closed again and again takes no more memory of the process in the end. */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTest {
  private static final int TENSORS = 10_000;
  private static final int BACKENDS = 200;

  /** A hundred bytes each: less than a driver's own object for a buffer, let alone the buffer. */
  private static final long TENSOR_SLACK_BYTES = 1 << 20;

  /** 10 KiB each: less than one program, or one thread. */
  private static final long BACKEND_SLACK_BYTES = 2 << 20;

  /**
   * So that only leaks make the process larger: the heap has its last size at once, the compiler
   * little to do, and the C library's allocator one arena for all threads.
   */
  private static final List<String> STEADY =
      List.of(
          "-Xms64m",
          "-Xmx64m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  private static String growth(int tensors, int backends, TransferWay way) throws Exception {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    List<String> options = new ArrayList<>(STEADY);
    options.add("-D" + TransferWay.PROPERTY + "=" + way);
    options.add("-D" + CacheFolder.PROPERTY + "=" + System.getProperty(CacheFolder.PROPERTY));
    return JavaProcess.output(
        Map.of("MALLOC_ARENA_MAX", "1"),
        options,
        ResidentMemoryMain.class,
        String.valueOf(tensors),
        String.valueOf(backends));
  }

  private static long grownBytes(String output, String what) {
    return output
        .lines()
        .filter(line -> line.startsWith(what + ": "))
        .mapToLong(line -> Long.parseLong(line.substring(what.length() + 2)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }

  @Test
  void tensorsAndBackends_openedAndClosed_leaveTheProcessAsLarge() throws Exception {
    String output = growth(TENSORS, BACKENDS, TransferWay.DIRECT);
    System.out.println("resident memory, " + output.strip().replace("\n", ", ") + " bytes more");
    assertTrue(grownBytes(output, "tensors") <= TENSOR_SLACK_BYTES, output);
    assertTrue(grownBytes(output, "backends") <= BACKEND_SLACK_BYTES, output);
  }

  @ParameterizedTest
  @EnumSource(names = {"MAPPED", "PINNED"})
  void otherWaysToTransfer_leaveTheProcessAsLarge(TransferWay way) throws Exception {
    String output = growth(100, 50, way);
    assertTrue(grownBytes(output, "backends") <= BACKEND_SLACK_BYTES, output);
  }
}
