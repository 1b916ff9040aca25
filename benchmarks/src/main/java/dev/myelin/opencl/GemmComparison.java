package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * The square matrix product of the OpenCL backend, of CLBlast on the same OpenCL device, and of the
 * CPU backend, in turns, so that a neighbour's load meets all three. For each transposition:
 * GFLOP/s by the wall clock as median and best of the rounds.
 *
 * <p>Arguments, all optional: size, rounds, commit.
 */
public final class GemmComparison {
  private interface Product {
    void run(Transpose a, Transpose b);
  }

  private GemmComparison() {}

  /** Prints the table to standard output. */
  public static void main(String[] arguments) {
    int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1024;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 15;
    float[] values = new float[size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 97 / 97f - 0.5f;
    }
    try (Backend openCl = Backends.open("opencl");
        Backend clBlast = Backends.open(ClBlastBackend.NAME);
        Backend cpu = Backends.open("cpu");
        TensorArena openClArena = new TensorArena(openCl, "opencl");
        TensorArena clBlastArena = new TensorArena(clBlast, "clblast");
        TensorArena cpuArena = new TensorArena(cpu, "cpu")) {
      printConditions(openCl, cpu, size, rounds, arguments);
      String[] names = {"myelin opencl", "clblast 1.5.2", "myelin cpu"};
      Product[] products = {
        product(openCl, openClArena, values, size),
        product(clBlast, clBlastArena, values, size),
        product(cpu, cpuArena, values, size)
      };
      for (Transpose a : Transpose.values()) {
        for (Transpose b : Transpose.values()) {
          measure(names, products, a, b, size, rounds);
        }
      }
    }
  }

  private static void printConditions(
      Backend openCl, Backend cpu, int size, int rounds, String... arguments) {
    System.out.println("commit    " + (arguments.length > 2 ? arguments[2] : "not given"));
    System.out.println("opencl    " + openCl.device().name() + ", " + openCl.device().detail());
    System.out.println("cpu       " + cpu.device().name() + ", " + cpu.device().detail());
    System.out.println("jvm       " + System.getProperty("java.vm.name") + " " + Runtime.version());
    System.out.println("flags     " + ManagementFactory.getRuntimeMXBean().getInputArguments());
    System.out.println(
        "load      " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.out.println("size      " + size + ", " + rounds + " rounds");
  }

  private static void measure(
      String[] names, Product[] products, Transpose a, Transpose b, int size, int rounds) {
    double[][] gflops = new double[products.length][rounds];
    // The rounds before 0 warm up.
    for (int round = -3; round < rounds; round++) {
      for (int i = 0; i < products.length; i++) {
        long start = System.nanoTime();
        products[i].run(a, b);
        long elapsedNanos = System.nanoTime() - start;
        if (round >= 0) {
          gflops[i][round] = 2.0 * size * size * size / elapsedNanos;
        }
      }
    }
    for (int i = 0; i < products.length; i++) {
      Arrays.sort(gflops[i]);
      System.out.printf(
          Locale.ROOT,
          "%-14s a %-3s b %-3s  median %6.1f  best %6.1f GFLOP/s%n",
          names[i],
          a,
          b,
          gflops[i][rounds / 2],
          gflops[i][rounds - 1]);
    }
  }

  private static Product product(Backend backend, TensorArena arena, float[] values, int size) {
    Tensor left = arena.upload("a", values, size, size);
    Tensor right = arena.upload("b", values, size, size);
    Tensor out = arena.allocate("out", size, size);
    return (a, b) -> {
      backend.ops().matmul(left, a, right, b, WriteMode.OVERWRITE, out);
      backend.synchronize();
    };
  }
}
