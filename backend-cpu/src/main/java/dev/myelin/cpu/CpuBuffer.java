package dev.myelin.cpu;

import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.Tensor;

/**
 * A Java array, and the accessors that operations read a tensor through.
 *
 * <p>The elements of an array begin 16 bytes behind the start of the object (12 with compact object
 * headers), so that every second vector read or written lies across two cache lines. Where the
 * object itself lies is the collector's affair, but G1 gives large ones regions of their own, which
 * begin with a cache line; {@link #LARGE} tensors therefore begin {@link #TO_CACHE_LINE} elements
 * into their array.
 */
final class CpuBuffer implements Buffer {
  /** Elements that fill a cache line of 64 bytes together with a header of 16. */
  private static final int TO_CACHE_LINE = 12;

  /** 512 KiB, half of G1's smallest region: what is larger may have regions of its own. */
  private static final int LARGE = 1 << 17;

  private final CpuMemory memory;
  private final DType type;
  private final int elements;
  private final int first;
  private float[] floats;
  private int[] ints;

  CpuBuffer(CpuMemory memory, DType type, int elements) {
    this.memory = memory;
    this.type = type;
    this.elements = elements;
    boolean large = elements >= LARGE && elements <= CpuMemory.MAXIMUM_ELEMENTS - TO_CACHE_LINE;
    first = large ? TO_CACHE_LINE : 0;
    if (type == DType.F32) {
      floats = new float[first + elements];
    } else {
      ints = new int[first + elements];
    }
  }

  /** The array that an F32 tensor lies in. */
  static float[] floats(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).floats;
  }

  /** The array that an I32 tensor lies in. */
  static int[] ints(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).ints;
  }

  /** Where in its array a tensor begins. */
  static int start(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).first + (int) tensor.offset();
  }

  static int count(Tensor tensor) {
    return (int) tensor.elements();
  }

  @Override
  public DType type() {
    return type;
  }

  @Override
  public long elements() {
    return elements;
  }

  @Override
  public void free() {
    // Tensors may outlive their arena; the array must not outlive it through them.
    floats = null;
    ints = null;
    memory.giveBack((long) elements * type.bytes());
  }
}
