package dev.myelin.cuda;

import dev.myelin.DeviceException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Looks at what CUDA functions return. */
final class Status {
  static final int SUCCESS = CUresult.CUDA_SUCCESS;
  static final int OUT_OF_MEMORY = CUresult.CUDA_ERROR_OUT_OF_MEMORY;

  private Status() {}

  /**
   * @param operation what was being done
   * @param status what the function returned
   * @throws DeviceException with CUDA's name of the status unless it is success
   */
  static void check(String operation, int status, String device) {
    if (status != SUCCESS) {
      throw new DeviceException(operation, name(status), device, null);
    }
  }

  /** "CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered)". */
  static String name(int status) {
    String[] name = new String[1];
    String[] explanation = new String[1];
    boolean isKnown =
        JCudaDriver.cuGetErrorName(status, name) == SUCCESS
            && JCudaDriver.cuGetErrorString(status, explanation) == SUCCESS;
    return isKnown ? name[0] + " (" + explanation[0] + ")" : "CUDA error " + status;
  }

  /**
   * Whether the driver will answer every later call with this status as well: a kernel has left the
   * context in an unknown state, or the device is gone.
   */
  static boolean isSticky(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED ->
          true;
      default -> false;
    };
  }
}
