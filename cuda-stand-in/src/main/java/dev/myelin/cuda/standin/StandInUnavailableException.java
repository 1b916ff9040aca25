package dev.myelin.cuda.standin;

/** The stand-in cannot be built or loaded on this machine; the message says why and what to do. */
public final class StandInUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  StandInUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  StandInUnavailableException(String message) {
    super(message);
  }
}
