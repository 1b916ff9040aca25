package dev.myelin;

/** A kernel did not compile or load on the device. */
public final class KernelBuildException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final String log;

  /**
   * @param log what the device's compiler printed, whole
   */
  public KernelBuildException(String kernel, String device, String log, Throwable cause) {
    super("kernel " + kernel + " does not build on " + device + ":\n" + log, cause);
    this.log = log;
  }

  public String log() {
    return log;
  }
}
