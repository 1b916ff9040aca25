package dev.myelin.opencl;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.nio.file.Path;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * What runs under oclgrind: every kernel whose lanes share memory, at sizes that fill no tile and
 * no group; or, with the argument "planted", a kernel with a race.
 */
final class RaceCheckMain {
  private static final int ROWS = 33;
  private static final int DEPTH = 19;
  private static final int COLUMNS = 35;

  private static final String RACE =
      "__kernel void race(__global int* out) {"
          + "  __local int shared[64];"
          + "  int lane = get_local_id(0);"
          + "  shared[lane] = lane;"
          // Here a barrier is missing.
          + "  out[lane] = shared[63 - lane];"
          + "}";

  private RaceCheckMain() {}

  public static void main(String[] arguments) {
    if (arguments[0].equals("planted")) {
      runPlantedRace(Path.of(arguments[1]));
    } else {
      try (Backend backend = Backends.open("opencl");
          TensorArena arena = new TensorArena(backend, "race check")) {
        runProducts(backend.ops(), arena);
        runReductions(backend.ops(), arena);
        backend.synchronize();
      }
    }
    DeviceInfo device = new OpenClBackendProvider().probe().devices().get(0);
    System.out.println("done on " + device.name());
  }

  private static void runProducts(Ops ops, TensorArena arena) {
    Tensor a = arena.allocate("a", ROWS, DEPTH);
    Tensor aT = arena.allocate("aT", DEPTH, ROWS);
    Tensor b = arena.allocate("b", DEPTH, COLUMNS);
    Tensor bT = arena.allocate("bT", COLUMNS, DEPTH);
    Tensor z = arena.allocate("z", ROWS, COLUMNS);
    Tensor y = arena.allocate("y", ROWS, COLUMNS);
    Tensor bias = arena.allocate("bias", COLUMNS);
    ops.matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, z);
    ops.matmul(aT, Transpose.YES, bT, Transpose.YES, WriteMode.ACCUMULATE, z);
    ops.linear(a, bT, bias, Activation.TANH, z, y);
    ops.linearInputGradient(y, bT, Activation.RELU, null, a, arena.allocate("dX", ROWS, DEPTH));
    ops.linearParameterGradients(
        a, y, WriteMode.OVERWRITE, arena.allocate("dW", COLUMNS, DEPTH), bias);
  }

  private static void runReductions(Ops ops, TensorArena arena) {
    Tensor matrix = arena.allocate("matrix", 5, 70);
    Tensor other = arena.allocate("other", 5, 70);
    Tensor labels = arena.allocate("labels", DType.I32, 5);
    Tensor predicted = arena.allocate("predicted", DType.I32, 5);
    Tensor losses = arena.allocate("losses", 5);
    Tensor one = arena.allocate("one", 1);
    Tensor count = arena.allocate("count", DType.I32, 1);
    ops.sum(arena.allocate("long", 9000), WriteMode.ACCUMULATE, one);
    ops.clipByNorm(matrix, 1, one);
    ops.softmax(matrix, other);
    ops.argmaxRows(matrix, predicted);
    ops.countEqual(predicted, labels, WriteMode.OVERWRITE, count);
    ops.softmaxCrossEntropy(matrix, labels, 0.1f, 1, losses, other);
    ops.elementLoss(
        ElementLoss.huber(1), matrix, other, 1, losses, arena.allocate("gradient", 5, 70));
  }

  private static void runPlantedRace(Path cacheFolder) {
    OpenClDevice device = OpenClDevices.of(OpenClDevices.platforms()).get(0);
    cl_context context =
        CL.clCreateContext(null, 1, new cl_device_id[] {device.handle()}, null, null, null);
    CommandQueue queue = new CommandQueue(device, context);
    Programs programs = new Programs(device, context, queue, new ProgramCache(cacheFolder));
    cl_program program = programs.build("race.cl", RACE, "");
    cl_kernel handle = CL.clCreateKernel(program, "race", null);
    cl_mem out = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, 256, null, null);
    Kernel kernel = new Kernel(device, queue, "race", handle);
    kernel.memory(Pointer.to(out)).launchGroups(1, 64);
    queue.finish();
    CL.clReleaseMemObject(out);
    kernel.close();
    CL.clReleaseProgram(program);
    programs.close();
    queue.close();
    CL.clReleaseContext(context);
  }
}
