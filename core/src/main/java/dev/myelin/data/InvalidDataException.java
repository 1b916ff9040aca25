package dev.myelin.data;

/**
 * Data given by the user cannot be used as they are: a malformed file, a label out of range, a
 * value that is not finite, a split that would leave one part empty.
 *
 * <p>The message says what is wrong, where (file, row, column or byte), and what to do about it; it
 * is meant to be shown to the user as it is, without a stack trace.
 */
public class InvalidDataException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InvalidDataException(String message) {
    super(message);
  }

  public InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
