package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is opened and closed again and again takes no more memory of the process in the end. */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTest {
  /** How many cycles: {@code -Dmyelin.cycles=10000}. */
  private static final int CYCLES = Integer.getInteger("myelin.cycles", 3000);

  /** Backends are slower to open; the full test opens 200. */
  private static final int BACKENDS = CYCLES / 50;

  /** A page of 4 KiB lost each tensor would be 12 MiB in the reduced test, 40 in the full one. */
  private static final long TENSOR_SLACK_BYTES = 8L << 20;

  /** What the collector has not yet given back, and drivers keep for the next context. */
  private static final long BACKEND_SLACK_BYTES = 48L << 20;

  private static long residentBytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new AssertionError("/proc/self/status has no line VmRSS");
  }

  private static void cycle(Backend backend, int times) {
    for (int i = 0; i < times; i++) {
      try (TensorArena arena = new TensorArena(backend, "cycle")) {
        Tensor tensor = arena.allocate("tensor", 1000 + i % 1000);
        backend.ops().fill(i, tensor);
      }
    }
  }

  @Test
  void tensors_openedAndClosed_leaveTheProcessAsLarge() throws IOException {
    try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT)) {
      cycle(backend, CYCLES);
      long before = residentBytes();
      cycle(backend, CYCLES);
      long grown = residentBytes() - before;
      assertTrue(grown <= TENSOR_SLACK_BYTES, CYCLES + " tensors: grown by " + grown + " bytes");
    }
  }

  @Test
  void backends_openedAndClosed_leaveTheProcessAsLarge() throws IOException {
    openAndClose(20);
    long before = residentBytes();
    openAndClose(BACKENDS);
    long grown = residentBytes() - before;
    assertTrue(grown <= BACKEND_SLACK_BYTES, BACKENDS + " backends: grown by " + grown + " bytes");
  }

  private static void openAndClose(int times) {
    for (int i = 0; i < times; i++) {
      try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT)) {
        cycle(backend, 1);
      }
    }
  }
}
