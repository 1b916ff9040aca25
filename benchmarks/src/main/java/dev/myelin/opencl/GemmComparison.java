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
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.blast.CLBlast;
import org.jocl.blast.CLBlastLayout;
import org.jocl.blast.CLBlastTranspose;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;

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
        Backend cpu = Backends.open("cpu");
        TensorArena openClArena = new TensorArena(openCl, "opencl");
        TensorArena cpuArena = new TensorArena(cpu, "cpu")) {
      printConditions(openCl, cpu, size, rounds, arguments);
      String[] names = {"myelin opencl", "clblast 1.5.2", "myelin cpu"};
      Product[] products = {
        ours(openCl, openClArena, values, size),
        clBlast(values, size),
        ours(cpu, cpuArena, values, size)
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

  private static Product ours(Backend backend, TensorArena arena, float[] values, int size) {
    Tensor left = arena.upload("a", values, size, size);
    Tensor right = arena.upload("b", values, size, size);
    Tensor out = arena.allocate("out", size, size);
    return (a, b) -> {
      backend.ops().matmul(left, a, right, b, WriteMode.OVERWRITE, out);
      backend.synchronize();
    };
  }

  private static Product clBlast(float[] values, int size) {
    OpenClDevice device = OpenClDevices.of(OpenClDevices.platforms()).get(0);
    cl_context context =
        CL.clCreateContext(null, 1, new cl_device_id[] {device.handle()}, null, null, null);
    cl_command_queue queue = new CommandQueue(device, context).handle();
    cl_mem left = buffer(context, values);
    cl_mem right = buffer(context, values);
    cl_mem out = buffer(context, values);
    return (a, b) -> {
      int status =
          CLBlast.CLBlastSgemm(
              CLBlastLayout.CLBlastLayoutRowMajor,
              clBlast(a),
              clBlast(b),
              size,
              size,
              size,
              1,
              left,
              0,
              size,
              right,
              0,
              size,
              0,
              out,
              0,
              size,
              queue,
              null);
      Status.check("CLBlast's Sgemm", status, device.info().id());
      Status.check("waiting for CLBlast", CL.clFinish(queue), device.info().id());
    };
  }

  private static int clBlast(Transpose transpose) {
    return transpose == Transpose.YES
        ? CLBlastTranspose.CLBlastTransposeYes
        : CLBlastTranspose.CLBlastTransposeNo;
  }

  private static cl_mem buffer(cl_context context, float[] values) {
    long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR;
    int[] status = new int[1];
    cl_mem buffer =
        CL.clCreateBuffer(
            context, flags, (long) values.length * Sizeof.cl_float, Pointer.to(values), status);
    Status.check("making a buffer for CLBlast", status[0], "opencl:0");
    return buffer;
  }
}
