package dev.myelin;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A device that computes nothing and writes down what reaches it. Like a GPU it really records
 * captured work: a replay calls no operation again.
 */
public final class StandInBackend implements Backend {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  /** Thrown by the next calls of {@link #synchronize}; null for none. */
  RuntimeException failureOfSynchronize;

  /** What every element holds that is downloaded. */
  public float downloadedValue;

  /** Run by every operation, on the thread that calls it. */
  Runnable duringOperation = () -> {};

  /** Run when somebody asks which device this is. */
  public Runnable whenNamed = () -> {};

  /** Thrown by every buffer that is freed; null for none. */
  RuntimeException failureOfFree;

  /** Of the last operation, as devices hold them. */
  @SuppressWarnings("unused")
  private Object[] lastArguments;

  /** What happens while this device uploads beside its work. */
  public Runnable duringUploadBeside = () -> {};

  private final Ops ops =
      (Ops)
          Proxy.newProxyInstance(
              Ops.class.getClassLoader(),
              new Class<?>[] {Ops.class},
              (proxy, method, arguments) -> {
                log.add(method.getName());
                lastArguments = arguments;
                duringOperation.run();
                return null;
              });

  /**
   * What has reached the device so far, in order: "matmul", "free 6", "replay", "close". A copy,
   * since another thread, say the one that uploads, may go on writing.
   */
  public List<String> log() {
    return List.copyOf(log);
  }

  /** Adds a line of the test's own. */
  public void writeDown(String line) {
    log.add(line);
  }

  /** Forgets what has reached the device so far. */
  public void clearLog() {
    log.clear();
  }

  /** Behind the checks, as users get it. */
  public Backend checked() {
    return new CheckedBackend(this);
  }

  private final class StandInBuffer implements Buffer {
    private final DType type;
    private final long elements;

    StandInBuffer(DType type, long elements) {
      this.type = type;
      this.elements = elements;
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
      log.add("free " + elements);
      if (failureOfFree != null) {
        throw failureOfFree;
      }
    }
  }

  @Override
  public DeviceInfo device() {
    whenNamed.run();
    return new DeviceInfo("stand-in", 0, "a device that computes nothing", "", 1 << 20, 1);
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public MemoryUse memory() {
    return new MemoryUse(0, 1 << 20);
  }

  @Override
  public Buffer allocate(DType type, long elements) {
    log.add("allocate " + elements);
    return new StandInBuffer(type, elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    log.add("upload");
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    log.add("upload");
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    log.add("download");
    Arrays.fill(target, targetOffset, targetOffset + (int) source.elements(), downloadedValue);
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    log.add("download");
  }

  @Override
  public void synchronize() {
    if (failureOfSynchronize != null) {
      throw failureOfSynchronize;
    }
  }

  @Override
  public UploadQueue openUploadQueue() {
    log.add("open upload queue");
    return new UploadQueue() {
      @Override
      public void upload(float[] source, int sourceOffset, Tensor target) {
        duringUploadBeside.run();
        log.add("upload beside");
      }

      @Override
      public void upload(int[] source, int sourceOffset, Tensor target) {
        duringUploadBeside.run();
        log.add("upload beside");
      }

      @Override
      public void fence() {
        log.add("fence");
      }

      @Override
      public void close() {
        log.add("close upload queue");
      }
    };
  }

  @Override
  public CapturedWork capture(Runnable work) {
    work.run();
    return new CapturedWork() {
      @Override
      public void replay() {
        log.add("replay");
      }

      @Override
      public void close() {
        log.add("close work");
      }
    };
  }

  @Override
  public void close() {
    log.add("close");
  }
}
