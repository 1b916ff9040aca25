package dev.myelin;

/**
 * Memory of one backend that tensors are views of. Only the backend that made it knows what is
 * inside; users hold {@link Tensor}s and close the {@link TensorArena} that owns them.
 */
public interface Buffer {
  DType type();

  /** How many elements the buffer holds. */
  long elements();

  /**
   * Gives the memory back. Called once, by the arena, when no work that uses the buffer is in
   * flight.
   */
  void free();
}
