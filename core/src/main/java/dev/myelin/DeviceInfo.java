package dev.myelin;

/**
 * What a backend can run on.
 *
 * @param backend the backend's name: "cpu", "opencl", "cuda"
 * @param index the device's number within its backend, from 0
 * @param name what the hardware calls itself
 * @param detail what else a reader of {@code myelin devices} wants to know: widths, driver,
 *     versions
 * @param memoryBytes what tensors may take at most
 * @param preference how much {@code best} likes it, higher first: a CUDA GPU 400, an OpenCL GPU
 *     300, this machine's processor in Java 200, a processor through OpenCL 100
 */
public record DeviceInfo(
    String backend, int index, String name, String detail, long memoryBytes, int preference) {

  /** What a user writes to ask for this device: "cpu", or "opencl:1". */
  public String id() {
    return backend.equals("cpu") ? backend : backend + ":" + index;
  }
}
