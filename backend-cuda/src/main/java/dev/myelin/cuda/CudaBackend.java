package dev.myelin.cuda;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Buffer;
import dev.myelin.CapturedWork;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.MemoryUse;
import dev.myelin.Ops;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** One NVIDIA GPU with its primary context and one stream. */
final class CudaBackend implements Backend {
  private final CudaContext context;
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private final Set<CudaGraph> graphs = Collections.newSetFromMap(new IdentityHashMap<>());
  private final LaunchMode launchMode = new LaunchMode();
  private CommandQueue queue;
  private CudaMemory memory;
  private CudaOps ops;
  private boolean closed;

  private CudaBackend(CudaContext context) {
    this.context = context;
  }

  static CudaBackend open(CudaDevice device, BackendOptions options) {
    CudaContext context = new CudaContext(device);
    CudaBackend backend = new CudaBackend(context);
    backend.releases.push(context::close);
    try {
      backend.build(options);
      return backend;
    } catch (RuntimeException failure) {
      backend.release(failure);
      throw failure;
    }
  }

  private void build(BackendOptions options) {
    context.enter();
    queue = new CommandQueue(context);
    releases.push(queue::close);
    Scratch scratch = new Scratch(context);
    releases.push(scratch::close);
    LaunchMemory launchMemory = new LaunchMemory(context);
    releases.push(launchMemory::close);
    long budgetBytes = options.memoryBudgetBytes();
    memory = new CudaMemory(context, queue, Scratch.bytes(context.device()), budgetBytes);
    releases.push(memory::close);
    Programs programs = new Programs(context, queue, launchMode, launchMemory);
    releases.push(programs::close);
    ops = new CudaOps(context, programs, scratch, product(options.precision(), programs, scratch));
  }

  private MatrixProduct product(Precision precision, Programs programs, Scratch scratch) {
    Slices slices = new Slices(programs, scratch);
    return precision == Precision.F32
        ? new Gemm(context.device(), programs, slices)
        : new TensorCoreGemm(context.device(), precision, programs, slices, new Workspace(memory));
  }

  @Override
  public DeviceInfo device() {
    return context.device().info();
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public MemoryUse memory() {
    return memory.use();
  }

  @Override
  public Buffer allocate(DType type, long elements) {
    context.enterOutsideOfCapture("allocate");
    return memory.allocate(type, elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    context.enterOutsideOfCapture("upload");
    queue.upload(CommandQueue.HostPart.of(source, sourceOffset), target);
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    context.enterOutsideOfCapture("upload");
    queue.upload(CommandQueue.HostPart.of(source, sourceOffset), target);
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    context.enterOutsideOfCapture("download");
    queue.download(
        source,
        (pinned, index, count) -> pinned.asFloatBuffer().get(target, targetOffset + index, count));
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    context.enterOutsideOfCapture("download");
    queue.download(
        source,
        (pinned, index, count) -> pinned.asIntBuffer().get(target, targetOffset + index, count));
  }

  @Override
  public void synchronize() {
    context.enterOutsideOfCapture("synchronize");
    queue.finish();
  }

  @Override
  public UploadQueue openUploadQueue() {
    context.enterOutsideOfCapture("openUploadQueue");
    return new CudaUploadQueue(context, queue);
  }

  @Override
  public CapturedWork capture(Runnable work) {
    return CudaGraph.of(work, context, queue, launchMode, graphs);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    context.enterToRelease();
    RuntimeException failure = null;
    try {
      if (!context.isDead()) {
        queue.finish();
      }
    } catch (RuntimeException unfinished) {
      failure = unfinished;
    }
    new ArrayList<>(graphs).forEach(CudaGraph::close);
    if (failure != null) {
      release(failure);
      throw failure;
    }
    release(null);
  }

  /**
   * Gives everything back, the last taken first.
   *
   * @param cause what failed before, and is thrown by the caller; null when this may throw
   */
  private void release(RuntimeException cause) {
    while (!releases.isEmpty()) {
      try {
        releases.pop().run();
      } catch (RuntimeException failure) {
        if (cause == null) {
          throw failure;
        }
        cause.addSuppressed(failure);
      }
    }
  }
}
