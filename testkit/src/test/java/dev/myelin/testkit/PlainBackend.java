package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.MemoryUse;
import dev.myelin.Ops;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;

/** The simplest backend that passes the suite: one thread, plain loops, arrays on the heap. */
class PlainBackend implements Backend {
  private static final long DEFAULT_BYTES = 256L << 20;

  private final DeviceInfo device;
  private final Ops ops;
  private final long totalBytes;
  private long usedBytes;

  PlainBackend(DeviceInfo device, BackendOptions options, Ops ops) {
    this.device = device;
    this.ops = ops;
    long budget = options.memoryBudgetBytes();
    this.totalBytes = budget == 0 ? DEFAULT_BYTES : Math.min(budget, DEFAULT_BYTES);
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
    return new MemoryUse(usedBytes, totalBytes);
  }

  @Override
  public Buffer allocate(DType type, long elements) {
    if (elements > (totalBytes - usedBytes) / type.bytes()) {
      long askedBytes = Math.multiplyExact(elements, type.bytes());
      throw new OutOfDeviceMemoryException(device.id(), askedBytes, usedBytes, totalBytes);
    }
    usedBytes += elements * type.bytes();
    return buffer(type, (int) elements);
  }

  PlainBuffer buffer(DType type, int elements) {
    long bytes = (long) elements * type.bytes();
    return new PlainBuffer(type, new int[elements], () -> freed(bytes));
  }

  void freed(long bytes) {
    usedBytes -= bytes;
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    for (int i = 0; i < target.elements(); i++) {
      PlainOps.put(target, i, source[sourceOffset + i]);
    }
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    for (int i = 0; i < target.elements(); i++) {
      PlainOps.putInt(target, i, source[sourceOffset + i]);
    }
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    for (int i = 0; i < source.elements(); i++) {
      target[targetOffset + i] = PlainOps.at(source, i);
    }
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    for (int i = 0; i < source.elements(); i++) {
      target[targetOffset + i] = PlainOps.intAt(source, i);
    }
  }

  @Override
  public void synchronize() {}

  @Override
  public UploadQueue openUploadQueue() {
    return UploadQueue.through(this);
  }

  @Override
  public void close() {}
}
