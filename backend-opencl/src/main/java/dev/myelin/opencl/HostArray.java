package dev.myelin.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.Pointer;

/** An array of the user's, from one of its elements on; of either type, since bits are copied. */
abstract class HostArray {
  static HostArray of(float[] values, int offset) {
    return new Floats(values, offset);
  }

  static HostArray of(int[] values, int offset) {
    return new Integers(values, offset);
  }

  /** For the driver, which reads or writes the array itself. */
  abstract Pointer pointer();

  /**
   * Copies elements to memory.
   *
   * @param first counted from where this array begins
   */
  abstract void copyTo(int first, int count, ByteBuffer memory);

  /** Copies elements from memory; see {@link #copyTo}. */
  abstract void copyFrom(int first, int count, ByteBuffer memory);

  private static final class Floats extends HostArray {
    private final float[] values;
    private final int offset;

    Floats(float[] values, int offset) {
      this.values = values;
      this.offset = offset;
    }

    @Override
    Pointer pointer() {
      return Pointer.to(values).withByteOffset(4L * offset);
    }

    @Override
    void copyTo(int first, int count, ByteBuffer memory) {
      memory.order(ByteOrder.nativeOrder()).asFloatBuffer().put(values, offset + first, count);
    }

    @Override
    void copyFrom(int first, int count, ByteBuffer memory) {
      memory.order(ByteOrder.nativeOrder()).asFloatBuffer().get(values, offset + first, count);
    }
  }

  private static final class Integers extends HostArray {
    private final int[] values;
    private final int offset;

    Integers(int[] values, int offset) {
      this.values = values;
      this.offset = offset;
    }

    @Override
    Pointer pointer() {
      return Pointer.to(values).withByteOffset(4L * offset);
    }

    @Override
    void copyTo(int first, int count, ByteBuffer memory) {
      memory.order(ByteOrder.nativeOrder()).asIntBuffer().put(values, offset + first, count);
    }

    @Override
    void copyFrom(int first, int count, ByteBuffer memory) {
      memory.order(ByteOrder.nativeOrder()).asIntBuffer().get(values, offset + first, count);
    }
  }
}
