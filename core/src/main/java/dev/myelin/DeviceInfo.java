package dev.myelin;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

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
 * @param precisions what {@link BackendOptions#precision} may be, the most precise first; F32 is
 *     always among them
 */
public record DeviceInfo(
    String backend,
    int index,
    String name,
    String detail,
    long memoryBytes,
    int preference,
    Set<Precision> precisions) {

  public DeviceInfo {
    EnumSet<Precision> ordered = EnumSet.of(Precision.F32);
    ordered.addAll(precisions);
    precisions = Collections.unmodifiableSet(ordered);
  }

  /** A device that multiplies in F32 only. */
  public DeviceInfo(
      String backend, int index, String name, String detail, long memoryBytes, int preference) {
    this(backend, index, name, detail, memoryBytes, preference, Set.of());
  }

  /** What a user writes to ask for this device: "cpu", or "opencl:1". */
  public String id() {
    return backend.equals("cpu") ? backend : backend + ":" + index;
  }
}
