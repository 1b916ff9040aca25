package dev.myelin;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Owns tensors: {@code try (TensorArena arena = new TensorArena(backend, "training")) { ... }}
 * frees them all at its end. Closing waits for work in flight; closing twice is harmless.
 *
 * <p>Used by one thread at a time, as its {@link Backend}; another one than it was opened by may
 * close it. With {@code -Dmyelin.leaks=true} the log tells of arenas that are lost without being
 * closed, or still open when their device is closed, and where each was opened.
 */
public final class TensorArena implements AutoCloseable {
  private final CheckedBackend backend;
  private final ArenaContents contents;
  private final long number;

  /**
   * @param backend where the tensors live, as {@link Backends} opened it
   * @param name what error messages call this arena
   */
  public TensorArena(Backend backend, String name) {
    if (!(backend instanceof CheckedBackend checked)) {
      throw new IllegalArgumentException(
          "arena '" + name + "': open the device through Backends, which adds the checks");
    }
    this.backend = checked;
    LeakReport leakReport = checked.leakReport(name);
    this.contents = new ArenaContents(checked, name, leakReport);
    this.number = checked.register(contents);
    if (leakReport != null) {
      leakReport.watch(this, contents);
    }
  }

  /**
   * A new F32 tensor of zeros.
   *
   * @param tensorName what error messages call it
   * @param shape outermost dimension first; 0 is a length like any other
   * @throws OutOfDeviceMemoryException when there is no room; what the arena holds stays valid
   */
  public Tensor allocate(String tensorName, int... shape) {
    return allocate(tensorName, DType.F32, shape);
  }

  /** A new tensor of zeros; see {@link #allocate(String, int...)}. */
  public Tensor allocate(String tensorName, DType type, int... shape) {
    boolean wasOutside = backend.enter();
    try {
      if (contents.isClosed()) {
        throw new IllegalStateException(
            String.format(
                "arena '%s' is closed: tensor %s cannot be allocated from it", name(), tensorName));
      }
      long elements = Tensor.elements(tensorName, shape);
      Buffer buffer = backend.allocate(type, elements);
      contents.add(buffer);
      return new Tensor(this, tensorName, buffer, 0, shape);
    } finally {
      backend.leave(wasOutside);
    }
  }

  /** A new F32 tensor with the given values; their number is the shape's. */
  public Tensor upload(String tensorName, float[] values, int... shape) {
    requireLength(tensorName, values.length, shape);
    boolean wasOutside = backend.enter();
    try {
      Tensor tensor = allocate(tensorName, DType.F32, shape);
      backend.upload(values, tensor);
      return tensor;
    } finally {
      backend.leave(wasOutside);
    }
  }

  /** A new I32 tensor with the given values; their number is the shape's. */
  public Tensor upload(String tensorName, int[] values, int... shape) {
    requireLength(tensorName, values.length, shape);
    boolean wasOutside = backend.enter();
    try {
      Tensor tensor = allocate(tensorName, DType.I32, shape);
      backend.upload(values, tensor);
      return tensor;
    } finally {
      backend.leave(wasOutside);
    }
  }

  /**
   * A new tensor that an operation writes. When its arguments are refused, nothing stays allocated.
   *
   * @param operation writes all of the tensor that it is given
   * @throws IllegalStateException while work is recorded: a replay would write into this one tensor
   *     again, whatever the program does with it
   */
  Tensor compute(String tensorName, DType type, int[] shape, Consumer<Tensor> operation) {
    boolean wasOutside = backend.enter();
    try {
      return computeInTurn(tensorName, type, shape, operation);
    } finally {
      backend.leave(wasOutside);
    }
  }

  private Tensor computeInTurn(
      String tensorName, DType type, int[] shape, Consumer<Tensor> operation) {
    if (backend.isCapturing()) {
      throw new IllegalStateException(
          tensorName
              + " allocates its result, which work that is recorded may not: write into a tensor"
              + " of your own with Backend.ops()");
    }
    Tensor result = allocate(tensorName, type, shape);
    try {
      operation.accept(result);
      return result;
    } catch (IllegalArgumentException | IllegalStateException refused) {
      // Refused before any device work, so nothing is in flight that uses the memory.
      contents.freeLast();
      throw refused;
    }
  }

  /** The one that was opened last, and so is closed first where they are nested. */
  TensorArena innermost(TensorArena other) {
    return other.number > number ? other : this;
  }

  /** Before memory is taken that would stay taken. */
  private static void requireLength(String tensorName, int length, int[] shape) {
    long elements = Tensor.elements(tensorName, shape);
    if (length != elements) {
      throw new ShapeMismatchException(
          String.format(
              "upload: tensor %s %s has %d elements, the host array %d",
              tensorName, Arrays.toString(shape), elements, length));
    }
  }

  public String name() {
    return contents.name();
  }

  public Backend backend() {
    return backend;
  }

  public boolean isClosed() {
    return contents.isClosed();
  }

  void requireOpen(String user) {
    if (contents.isClosed()) {
      throw new IllegalStateException(
          user + " is used after its arena '" + name() + "' was closed");
    }
  }

  /**
   * Waits for work in flight, then frees every tensor of this arena. Afterwards the arena is closed
   * even where the device has failed: nothing is in flight there any more.
   *
   * @throws BackendException what failed first, after all was given back that could be
   * @throws ConcurrentUseException while another thread is using the device; the arena is open then
   */
  @Override
  public void close() {
    if (contents.isClosed()) {
      return;
    }
    boolean wasOutside = backend.enter();
    try {
      contents.close();
    } finally {
      backend.leave(wasOutside);
      // Or else an arena that is waiting for its work could be taken for one that was lost.
      Reference.reachabilityFence(this);
    }
  }
}
