package dev.myelin.opencl;

import dev.myelin.Tensor;

/** How bytes get from arrays of the user's to the device and back. */
interface Transfer {
  /** Returns when the array may be changed. */
  void upload(HostArray source, Tensor target);

  /** Waits for what is before it in the queue, and returns when the array is filled. */
  void download(Tensor source, HostArray target);

  /** Waits for transfers on their way, and gives back what it holds. */
  void close(Releases releases);

  /** Looks at a status; the message is made only when it is needed, since it costs more. */
  static void check(String operation, Tensor tensor, int status, OpenClDevice device) {
    if (status != 0) {
      Status.check(operation + " " + tensor, status, device.info().id());
    }
  }
}
