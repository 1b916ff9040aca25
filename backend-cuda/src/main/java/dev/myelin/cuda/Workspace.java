package dev.myelin.cuda;

/**
 * Device memory for packed operands. It grows when a product needs more, to twice its size where
 * there is room for that, and counts as used. What it has outgrown is kept until the backend
 * closes, since captured work may still use it; as long as it can double, all of that together is
 * no larger than what is there now.
 */
final class Workspace {
  private final CudaMemory memory;
  private CudaBuffer current;

  Workspace(CudaMemory memory) {
    this.memory = memory;
  }

  /**
   * Where so many bytes lie until the next product. To be asked before a kernel is given arguments,
   * and, for work that is captured, while it is rehearsed.
   *
   * @throws dev.myelin.OutOfDeviceMemoryException when the device or the budget has no room
   */
  long atLeast(long bytes) {
    long capacityBytes = current == null ? 0 : current.elements() * Float.BYTES;
    if (bytes > capacityBytes) {
      current = memory.allocateWorkspace(bytes, Math.max(bytes, 2 * capacityBytes));
    }
    return current == null ? 0 : current.address();
  }
}
