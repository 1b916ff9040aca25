package dev.myelin;

/** The device asked for cannot be used; the message says why and what to do about it. */
public final class BackendUnavailableException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String remedy;

  public BackendUnavailableException(String device, String reason, String remedy, Throwable cause) {
    super("device " + device + " cannot be used: " + reason + ". " + remedy, cause);
    this.reason = reason;
    this.remedy = remedy;
  }

  public BackendUnavailableException(String device, String reason, String remedy) {
    this(device, reason, remedy, null);
  }

  /** Why the device cannot be used. */
  public String reason() {
    return reason;
  }

  /** What the user can do about it. */
  public String remedy() {
    return remedy;
  }
}
