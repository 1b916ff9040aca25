package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens and closes again and again, and prints what the process takes before and after. */
final class ResidentMemoryMain {
  private ResidentMemoryMain() {}

  public static void main(String[] arguments) throws IOException {
    int tensors = Integer.parseInt(arguments[0]);
    int backends = Integer.parseInt(arguments[1]);
    try (Backend backend = Backends.open("opencl")) {
      openAndCloseTensors(backend, tensors);
      long before = residentBytes();
      openAndCloseTensors(backend, tensors);
      System.out.println("tensors: " + (residentBytes() - before));
    }
    openAndCloseBackends(backends);
    long before = residentBytes();
    openAndCloseBackends(backends);
    System.out.println("backends: " + (residentBytes() - before));
  }

  private static long residentBytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IllegalStateException("/proc/self/status has no line VmRSS");
  }

  private static void openAndCloseTensors(Backend backend, int times) {
    for (int i = 0; i < times; i++) {
      try (TensorArena arena = new TensorArena(backend, "cycle")) {
        Tensor tensor = arena.allocate("tensor", 1000 + i % 1000);
        backend.ops().fill(i, tensor);
      }
    }
  }

  /** Each with what it makes at first use: programs, kernels, scratch and pinned memory. */
  private static void openAndCloseBackends(int times) {
    float[] host = new float[64 * 64];
    for (int i = 0; i < times; i++) {
      try (Backend backend = Backends.open("opencl");
          TensorArena arena = new TensorArena(backend, "cycle")) {
        Tensor a = arena.upload("a", host, 64, 64);
        Tensor out = arena.allocate("out", 64, 64);
        backend.ops().matmul(a, Transpose.NO, a, Transpose.YES, WriteMode.OVERWRITE, out);
        backend.ops().sum(out, WriteMode.OVERWRITE, arena.allocate("sum", 1));
        backend.download(out, host);
      }
    }
  }
}
