package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.MemoryUse;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;
import org.jocl.CL;
import org.jocl.cl_context;

/** One OpenCL device with its context and one in-order queue. */
final class OpenClBackend implements Backend {
  private final OpenClDevice device;
  private final cl_context context;
  private final CommandQueue queue;
  private final OpenClMemory memory;
  private final Transfer transfer;
  private final Programs programs;
  private final Scratch scratch;
  private final GemmVariant variant;
  private final OpenClOps ops;
  private boolean closed;

  private OpenClBackend(
      OpenClDevice device, cl_context context, BackendOptions options, Tuning tuning) {
    this.device = device;
    this.context = context;
    // Whatever may be refused comes before the queue, which nobody else could give back.
    this.variant = GemmVariant.bestOf(device);
    TransferWay way = TransferWay.bestOf(device);
    this.queue = new CommandQueue(device, context);
    this.memory =
        new OpenClMemory(
            device,
            context,
            queue,
            way.bufferFlags(),
            Scratch.MAXIMUM_BYTES,
            options.memoryBudgetBytes());
    this.transfer = way.on(device, context, queue);
    this.programs = new Programs(device, context, queue, new ProgramCache(CacheFolder.ofUser()));
    this.scratch = new Scratch(device, context);
    this.ops = new OpenClOps(device, programs, scratch, gemm(tuning));
  }

  static OpenClBackend open(OpenClDevice device, BackendOptions options) {
    return open(device, options, TuningTable.ofUser().of(device));
  }

  static OpenClBackend open(OpenClDevice device, BackendOptions options, Tuning tuning) {
    cl_context context = Contexts.create(device);
    try {
      return new OpenClBackend(device, context, options, tuning);
    } catch (DeviceException | IllegalArgumentException failure) {
      Contexts.release(context);
      throw failure;
    }
  }

  /** Where other libraries' work on this backend's buffers belongs. */
  CommandQueue queue() {
    return queue;
  }

  GemmVariant variant() {
    return variant;
  }

  /** A matrix product of other sizes, on this backend's queue and memory. */
  Gemm gemm(Tuning tuning) {
    return variant.on(device, programs, scratch, tuning);
  }

  void multiplyWith(Gemm gemm) {
    ops.multiplyWith(gemm);
  }

  @Override
  public DeviceInfo device() {
    return device.info();
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
    transfer.upload(HostArray.of(source, sourceOffset), target);
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    transfer.upload(HostArray.of(source, sourceOffset), target);
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    transfer.download(source, HostArray.of(target, targetOffset));
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    transfer.download(source, HostArray.of(target, targetOffset));
  }

  @Override
  public void synchronize() {
    queue.finish();
  }

  @Override
  public UploadQueue openUploadQueue() {
    TransferWay way = TransferWay.bestOf(device);
    return way == TransferWay.MAPPED
        ? new InOrderUploadQueue(new DirectTransfer(device, queue))
        : new OpenClUploadQueue(device, context, queue, way);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Releases releases = new Releases(device.info().id());
    releases.check("waiting for work", CL.clFinish(queue.handle()));
    transfer.close(releases);
    memory.close(releases);
    scratch.close(releases);
    programs.close(releases);
    queue.close(releases);
    releases.check("closing the device", Contexts.release(context));
    releases.throwFirst();
  }
}
