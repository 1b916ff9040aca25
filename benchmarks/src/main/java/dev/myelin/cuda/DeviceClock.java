package dev.myelin.cuda;

import dev.myelin.Backend;
import dev.myelin.TensorArena;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * The time that queued work takes: on CUDA between two events in the device's own queue, which the
 * host's delays do not enter as long as it stays ahead; elsewhere by the wall clock, waiting for
 * the queue at both ends.
 */
abstract class DeviceClock implements AutoCloseable {
  /** What takes the times, for the record. */
  abstract String name();

  /** What is queued from here on counts. */
  abstract void begin();

  /** What was queued up to here counts. */
  abstract void end();

  /** Waits for the work. */
  abstract double elapsedSeconds();

  @Override
  public void close() {}

  static DeviceClock of(Backend backend) {
    try (TensorArena arena = new TensorArena(backend, "clock")) {
      return arena.allocate("any", 1).buffer() instanceof CudaBuffer buffer
          ? new Events(buffer.queue().stream())
          : new Wall(backend);
    }
  }

  private static final class Events extends DeviceClock {
    private final CUstream stream;
    private final CUevent begun = new CUevent();
    private final CUevent ended = new CUevent();

    Events(CUstream stream) {
      this.stream = stream;
      check("making an event", JCudaDriver.cuEventCreate(begun, 0));
      check("making an event", JCudaDriver.cuEventCreate(ended, 0));
    }

    private static void check(String operation, int status) {
      Status.check(operation, status, "the device's clock");
    }

    @Override
    String name() {
      return "device events";
    }

    @Override
    void begin() {
      check("recording an event", JCudaDriver.cuEventRecord(begun, stream));
    }

    @Override
    void end() {
      check("recording an event", JCudaDriver.cuEventRecord(ended, stream));
    }

    @Override
    double elapsedSeconds() {
      float[] milliseconds = new float[1];
      check("waiting for an event", JCudaDriver.cuEventSynchronize(ended));
      check("asking for the time", JCudaDriver.cuEventElapsedTime(milliseconds, begun, ended));
      return milliseconds[0] / 1e3;
    }

    @Override
    public void close() {
      check("releasing an event", JCudaDriver.cuEventDestroy(begun));
      check("releasing an event", JCudaDriver.cuEventDestroy(ended));
    }
  }

  private static final class Wall extends DeviceClock {
    private final Backend backend;
    private long begunNanos;
    private long endedNanos;

    Wall(Backend backend) {
      this.backend = backend;
    }

    @Override
    String name() {
      return "wall clock";
    }

    @Override
    void begin() {
      backend.synchronize();
      begunNanos = System.nanoTime();
    }

    @Override
    void end() {
      backend.synchronize();
      endedNanos = System.nanoTime();
    }

    @Override
    double elapsedSeconds() {
      return (endedNanos - begunNanos) / 1e9;
    }
  }
}
