package dev.myelin;

/** Operations recorded by {@link Backend#capture}, to be run again with one call. */
public interface CapturedWork extends AutoCloseable {
  /** Runs the operations again, asynchronously, on the tensors that they were recorded with. */
  void replay();

  @Override
  void close();
}
