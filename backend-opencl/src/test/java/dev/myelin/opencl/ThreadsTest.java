package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.BackendOptions;
import dev.myelin.testkit.TestDevices;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many threads at once, in a JVM of their own, which they must not end. */
class ThreadsTest {
  @BeforeEach
  void requireDevice() {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
  }

  private static void requireSameInAllThreads(int contexts) throws Exception {
    String output =
        JavaProcess.output(Map.of(), List.of(), ManyThreadsMain.class, String.valueOf(contexts));
    List<String> found = output.lines().toList();
    assertEquals(8, found.size(), output);
    assertEquals(1, found.stream().distinct().count(), output);
  }

  /** PoCL makes its devices at first use, and shows them to a second thread half made. */
  @Test
  void devices_lookedForFirstFromManyThreadsAtOnce_areTheSameInEach() throws Exception {
    for (int i = 0; i < 3; i++) {
      requireSameInAllThreads(0);
    }
  }

  /** JOCL keeps contexts in a table that no lock guards. */
  @Test
  void contexts_madeAndReleasedByManyThreadsAtOnce_leaveTheProcessAlive() throws Exception {
    requireSameInAllThreads(20_000);
  }
}
