package dev.myelin;

/**
 * Two threads are inside one backend at the same time; see {@link Backend} for who may share what.
 * Thrown in the one that came second, before it has touched anything. Its cause shows where the
 * other one was.
 */
public final class ConcurrentUseException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ConcurrentUseException(String message, Throwable whereTheOtherIs) {
    super(message, whereTheOtherIs);
  }
}
