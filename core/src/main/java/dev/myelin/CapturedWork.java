package dev.myelin;

/**
 * Operations recorded by {@link Backend#capture}, to be run again with one call. Used by one thread
 * at a time, as the backend.
 */
public interface CapturedWork extends AutoCloseable {
  /**
   * Runs the operations again, asynchronously, on the tensors that they were recorded with.
   *
   * @throws IllegalStateException after the device, this work or an arena of its tensors was closed
   */
  void replay();

  /** Gives back what the record takes; closing twice is harmless. */
  @Override
  void close();
}
