package dev.myelin.io;

import java.nio.file.Path;

/**
 * A model file cannot be read; the message names the file, the place in it, what was expected, what
 * was found and what to do.
 */
public final class InvalidModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidModelException(String message) {
    super(message);
  }

  public InvalidModelException(String message, Throwable cause) {
    super(message, cause);
  }

  /** "FILE: PLACE: expected EXPECTED, found FOUND. REMEDY" */
  static InvalidModelException at(
      Path file, String place, String expected, String found, String remedy) {
    return new InvalidModelException(
        file + ": " + place + ": expected " + expected + ", found " + found + ". " + remedy);
  }
}
