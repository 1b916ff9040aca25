package dev.myelin.opencl;

import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.Tensor;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** Memory of the device. */
final class OpenClBuffer implements Buffer {
  private final OpenClMemory memory;
  private final DType type;
  private final long elements;
  private final cl_mem handle;
  private final Pointer argument;

  OpenClBuffer(OpenClMemory memory, DType type, long elements, cl_mem handle) {
    this.memory = memory;
    this.type = type;
    this.elements = elements;
    this.handle = handle;
    this.argument = Pointer.to(handle);
  }

  static OpenClBuffer of(Tensor tensor) {
    return (OpenClBuffer) tensor.buffer();
  }

  cl_mem handle() {
    return handle;
  }

  /** What a kernel's argument is set to; made once, since arguments are set at every launch. */
  Pointer argument() {
    return argument;
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
