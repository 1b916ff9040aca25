package dev.myelin;

/** A call into the device's driver failed. */
public final class DeviceException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final String code;

  /**
   * @param operation what was being done
   * @param code the driver's own name for the error
   */
  public DeviceException(String operation, String code, String device, Throwable cause) {
    super(operation + " failed on " + device + ": " + code, cause);
    this.operation = operation;
    this.code = code;
  }

  public String operation() {
    return operation;
  }

  public String code() {
    return code;
  }
}
