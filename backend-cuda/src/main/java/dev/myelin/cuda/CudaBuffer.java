package dev.myelin.cuda;

import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.Tensor;
import jcuda.driver.CUdeviceptr;

/** Memory of the device. */
final class CudaBuffer implements Buffer {
  private static final int VECTOR_BYTES = 16;

  private final CudaMemory memory;
  private final DType type;
  private final long elements;
  private final DevicePointer pointer;

  /**
   * @param pointer null when there are no elements
   */
  CudaBuffer(CudaMemory memory, DType type, long elements, DevicePointer pointer) {
    this.memory = memory;
    this.type = type;
    this.elements = elements;
    this.pointer = pointer;
  }

  static CudaBuffer of(Tensor tensor) {
    return (CudaBuffer) tensor.buffer();
  }

  /** Null when there are no elements. */
  DevicePointer pointer() {
    return pointer;
  }

  /** 0 when there are no elements. */
  long address() {
    return pointer == null ? 0 : pointer.address();
  }

  /** Whether all rows of a tensor begin at a multiple of 16 bytes. */
  static boolean isVector(Tensor tensor) {
    long start = of(tensor).address() + 4 * tensor.offset();
    return start % VECTOR_BYTES == 0 && tensor.dimension(tensor.rank() - 1) % 4 == 0;
  }

  /** The queue that all work on this memory passes through; who times it needs that. */
  CommandQueue queue() {
    return memory.queue();
  }

  /** Where a tensor that has elements begins. */
  static CUdeviceptr start(Tensor tensor) {
    return of(tensor).pointer.withByteOffset(tensor.offset() * tensor.type().bytes());
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
    memory.giveBack(this);
  }
}
