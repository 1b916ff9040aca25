package dev.myelin.io;

/** A text is not JSON; the message says where, what was expected and what was found. */
public final class InvalidJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidJsonException(String place, String expected, String found) {
    super(place + ": expected " + expected + ", found " + found);
  }
}
