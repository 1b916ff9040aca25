package dev.myelin.opencl;

import java.util.Locale;
import org.jocl.CL;
import org.jocl.cl_context;

/** The ways to transfer; docs/notes/opencl-transfers.md has what they were measured to take. */
enum TransferWay {
  /** The driver copies from and to the user's array: on processors one copy in memory. */
  DIRECT(0) {
    @Override
    Transfer on(OpenClDevice device, cl_context context, CommandQueue queue) {
      return new DirectTransfer(device, queue);
    }
  },
  /** The device's memory is the host's: it is mapped, and copied to. */
  MAPPED(CL.CL_MEM_ALLOC_HOST_PTR) {
    @Override
    Transfer on(OpenClDevice device, cl_context context, CommandQueue queue) {
      return new MappedTransfer(device, queue);
    }
  },
  /** Through memory that stays where it is, which a GPU across a bus reads on its own. */
  PINNED(0) {
    @Override
    Transfer on(OpenClDevice device, cl_context context, CommandQueue queue) {
      return new PinnedTransfer(device, context, queue, PinnedTransfer.CHUNK_BYTES);
    }
  };

  /** Overrides the choice by device: "direct", "mapped" or "pinned". */
  static final String PROPERTY = "myelin.opencl.transfer";

  private final long bufferFlags;

  TransferWay(long bufferFlags) {
    this.bufferFlags = bufferFlags;
  }

  static TransferWay bestOf(OpenClDevice device) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return valueOf(chosen.toUpperCase(Locale.ROOT));
    }
    if (device.isProcessor()) {
      return DIRECT;
    }
    return device.sharesHostMemory() ? MAPPED : PINNED;
  }

  /** What buffers must be made with, besides being readable and writable. */
  long bufferFlags() {
    return bufferFlags;
  }

  abstract Transfer on(OpenClDevice device, cl_context context, CommandQueue queue);
}
