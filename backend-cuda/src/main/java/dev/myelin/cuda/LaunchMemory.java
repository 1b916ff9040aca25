package dev.myelin.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/** Native memory that kernels keep their arguments in, a block each. */
final class LaunchMemory {
  /** More than there are kernels. */
  private static final int BLOCKS = 64;

  private final PinnedMemory memory;
  private int taken;

  LaunchMemory(CudaContext context) {
    memory = new PinnedMemory(context, (long) BLOCKS * Kernel.LAUNCH_BYTES);
  }

  Block take() {
    if (taken == BLOCKS) {
      throw new IllegalStateException("there are more than " + BLOCKS + " kernels");
    }
    return new Block(memory, taken++ * Kernel.LAUNCH_BYTES);
  }

  void close() {
    memory.close();
  }

  /** One kernel's. */
  static final class Block {
    private final PinnedMemory memory;
    private final int offset;

    private Block(PinnedMemory memory, int offset) {
      this.memory = memory;
      this.offset = offset;
    }

    ByteBuffer bytes() {
      return memory.bytes().slice(offset, Kernel.LAUNCH_BYTES).order(ByteOrder.nativeOrder());
    }

    long address() {
      return memory.address() + offset;
    }

    Pointer pointer(long within) {
      return memory.pointer(offset + within);
    }
  }
}
