package dev.myelin;

/** An operation was given tensors whose shapes do not fit; thrown before any device work. */
public final class ShapeMismatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeMismatchException(String message) {
    super(message);
  }
}
