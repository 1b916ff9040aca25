package dev.myelin.opencl;

import dev.myelin.DeviceException;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;
import org.jocl.CL;
import org.jocl.cl_context;

/**
 * A second queue of a device, with a way to transfer of its own.
 *
 * <p>Each upload is one or more writes to a part of a buffer whose other parts kernels read at the
 * same time. OpenCL leaves open what becomes of that (1.2, appendix A); drivers for processors and
 * for GPUs with memory of their own write those bytes and no others.
 */
final class OpenClUploadQueue implements UploadQueue {
  private final String device;
  private final CommandQueue work;
  private final CommandQueue uploads;
  private final Transfer transfer;

  OpenClUploadQueue(OpenClDevice device, cl_context context, CommandQueue work, TransferWay way) {
    this.device = device.info().id();
    this.work = work;
    this.uploads = new CommandQueue(device, context);
    this.transfer = way.on(device, context, uploads);
    try {
      uploads.waitFor(work);
    } catch (DeviceException failure) {
      uploads.close(new Releases(this.device));
      throw failure;
    }
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
  public void fence() {
    work.waitFor(uploads);
    uploads.waitFor(work);
  }

  @Override
  public void close() {
    Releases releases = new Releases(device);
    releases.check("waiting for uploads", CL.clFinish(uploads.handle()));
    transfer.close(releases);
    uploads.close(releases);
    releases.throwFirst();
  }
}
