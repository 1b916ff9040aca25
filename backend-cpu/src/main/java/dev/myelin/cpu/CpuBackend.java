package dev.myelin.cpu;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.MemoryUse;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;

/**
 * This machine's processor. Operations run on the calling thread and the pool's, and are done when
 * they return, so there is never anything to wait for.
 */
final class CpuBackend implements Backend {
  private final DeviceInfo device;
  private final CpuMemory memory;
  private final WorkerPool pool;
  private final CpuOps ops;

  CpuBackend(DeviceInfo device, BackendOptions options, Implementation implementation) {
    this.device = device;
    this.memory = new CpuMemory(device.id(), options.memoryBudgetBytes());
    this.pool =
        new WorkerPool(
            options.threads() == 0
                ? Runtime.getRuntime().availableProcessors()
                : options.threads());
    try {
      this.ops = new CpuOps(pool, implementation.kernels(), implementation.gemm(pool));
    } catch (Throwable failure) {
      // The scratch memory of many threads may be too much; nobody else could end them.
      pool.close();
      throw failure;
    }
  }

  @Override
  public DeviceInfo device() {
    return device;
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
    return memory.allocate(type, elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    System.arraycopy(
        source,
        sourceOffset,
        CpuBuffer.floats(target),
        CpuBuffer.start(target),
        CpuBuffer.count(target));
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    System.arraycopy(
        source,
        sourceOffset,
        CpuBuffer.ints(target),
        CpuBuffer.start(target),
        CpuBuffer.count(target));
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    System.arraycopy(
        CpuBuffer.floats(source),
        CpuBuffer.start(source),
        target,
        targetOffset,
        CpuBuffer.count(source));
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    System.arraycopy(
        CpuBuffer.ints(source),
        CpuBuffer.start(source),
        target,
        targetOffset,
        CpuBuffer.count(source));
  }

  @Override
  public void synchronize() {}

  @Override
  public UploadQueue openUploadQueue() {
    return UploadQueue.through(this);
  }

  @Override
  public void close() {
    pool.close();
  }
}
