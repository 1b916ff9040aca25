package dev.myelin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What {@link Backends#open} returns: a provider's backend behind checks of arguments and lifetime,
 * which therefore need no writing twice. It knows the open arenas and upload queues, so that
 * closing them and the backend works in any order.
 */
final class CheckedBackend implements Backend {
  private final Backend backend;
  private final Turns turns;
  private final Ops ops;
  private final Set<ArenaContents> arenas = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<UploadQueue> uploadQueues = Collections.newSetFromMap(new IdentityHashMap<>());
  private final boolean reportsLeaks = LeakReport.isOn();
  private long arenasOpened;
  private volatile boolean closed;

  /** Of the tensors that the work being recorded uses; null while nothing is recorded. */
  private Set<TensorArena> arenasOfCapture;

  /** Who replays captured work right now; null when nobody does. */
  private volatile Thread replaying;

  CheckedBackend(Backend backend) {
    this.backend = backend;
    this.turns = new Turns(backend.device().id());
    this.ops = new TurnTakingOps(new CheckedOps(backend.ops(), this), turns);
  }

  /**
   * Takes note of an open arena.
   *
   * @return the arena's number, which rises from each to the next
   */
  long register(ArenaContents arena) {
    boolean wasOutside = turns.enter();
    try {
      requireOpen();
      arenas.add(arena);
      return arenasOpened++;
    } finally {
      turns.leave(wasOutside);
    }
  }

  /** In a turn. */
  void unregister(ArenaContents arena) {
    arenas.remove(arena);
  }

  private synchronized void register(UploadQueue queue) {
    uploadQueues.add(queue);
  }

  private synchronized List<UploadQueue> openUploadQueues() {
    return List.copyOf(uploadQueues);
  }

  synchronized void unregister(UploadQueue queue) {
    uploadQueues.remove(queue);
  }

  /** For an arena that is opened by the calling thread; null when leaks are not to be reported. */
  LeakReport leakReport(String arena) {
    return reportsLeaks ? new LeakReport(device().id(), arena) : null;
  }

  /** Whether work is being recorded, or, by a backend that does not record, run again. */
  boolean isCapturing() {
    return arenasOfCapture != null || replaying == Thread.currentThread();
  }

  void setReplaying(Thread thread) {
    replaying = thread;
  }

  /** See {@link Turns#enter}. */
  boolean enter() {
    return turns.enter();
  }

  /** See {@link Turns#leave}. */
  void leave(boolean wasOutside) {
    turns.leave(wasOutside);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "device " + backend.device().id() + " is used after it was closed");
    }
  }

  @Override
  public DeviceInfo device() {
    return backend.device();
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public MemoryUse memory() {
    requireOpen();
    return backend.memory();
  }

  @Override
  public Buffer allocate(DType type, long elements) {
    boolean wasOutside = turns.enter();
    try {
      requireOpen();
      return backend.allocate(type, elements);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    boolean wasOutside = turns.enter();
    try {
      requireTransfer("upload", DType.F32, target, source.length, sourceOffset);
      backend.upload(source, sourceOffset, target);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    boolean wasOutside = turns.enter();
    try {
      requireTransfer("upload", DType.I32, target, source.length, sourceOffset);
      backend.upload(source, sourceOffset, target);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void upload(float[] source, Tensor target) {
    requireWhole(source.length, target);
    upload(source, 0, target);
  }

  @Override
  public void upload(int[] source, Tensor target) {
    requireWhole(source.length, target);
    upload(source, 0, target);
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    boolean wasOutside = turns.enter();
    try {
      requireTransfer("download", DType.F32, source, target.length, targetOffset);
      backend.download(source, target, targetOffset);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    boolean wasOutside = turns.enter();
    try {
      requireTransfer("download", DType.I32, source, target.length, targetOffset);
      backend.download(source, target, targetOffset);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void synchronize() {
    boolean wasOutside = turns.enter();
    try {
      requireOpen();
      backend.synchronize();
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public UploadQueue openUploadQueue() {
    boolean wasOutside = turns.enter();
    try {
      requireOpen();
      UploadQueue queue = new CheckedUploadQueue(this, backend.openUploadQueue());
      register(queue);
      return queue;
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public CapturedWork capture(Runnable work) {
    boolean wasOutside = turns.enter();
    try {
      requireOpen();
      if (arenasOfCapture != null) {
        throw new IllegalStateException(
            "device " + device().id() + ": capture within capture; record the one after the other");
      }
      Set<TensorArena> used = Collections.newSetFromMap(new IdentityHashMap<>());
      arenasOfCapture = used;
      try {
        return new CheckedWork(this, backend.capture(work), used);
      } finally {
        arenasOfCapture = null;
      }
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    boolean wasOutside = turns.enter();
    try {
      closeWithArenas();
    } finally {
      turns.leave(wasOutside);
    }
  }

  private void closeWithArenas() {
    // What fails on the way must keep nothing else from being given back.
    Failures failures = new Failures();
    for (UploadQueue queue : openUploadQueues()) {
      failures.attempt(queue::close);
    }
    for (ArenaContents arena : new ArrayList<>(arenas)) {
      arena.reportOpenAtTheEnd();
      failures.attempt(arena::close);
    }
    closed = true;
    failures.attempt(backend::close);
    failures.throwFirst();
  }

  /** A tensor may be used when it is this backend's and its arena is open. */
  void requireUsable(String operation, Tensor tensor) {
    requireOwn(operation, tensor);
    if (arenasOfCapture != null) {
      arenasOfCapture.add(tensor.arena());
    }
  }

  /** As {@link #requireUsable}, by a thread that is not the one which records work. */
  void requireOwn(String operation, Tensor tensor) {
    if (tensor.arena().backend() != this) {
      throw new IllegalArgumentException(
          String.format(
              "%s: tensor %s is of device %s, not of %s: download it and upload it here",
              operation, tensor, tensor.arena().backend().device().id(), device().id()));
    }
    tensor.requireOpen();
  }

  private void requireTransfer(
      String operation, DType type, Tensor tensor, int length, int offset) {
    requireOpen();
    requireUsable(operation, tensor);
    requireFits(operation, type, tensor, length, offset);
  }

  static void requireFits(String operation, DType type, Tensor tensor, int length, int offset) {
    if (tensor.type() != type) {
      throw new IllegalArgumentException(
          String.format(
              "%s: tensor %s is %s, the host array %s", operation, tensor, tensor.type(), type));
    }
    if (offset < 0 || tensor.elements() > (long) length - offset) {
      throw new ShapeMismatchException(
          String.format(
              "%s: tensor %s has %d elements, the host array %d from offset %d on",
              operation, tensor, tensor.elements(), Math.max(0, (long) length - offset), offset));
    }
  }

  private static void requireWhole(int length, Tensor target) {
    if (length != target.elements()) {
      throw new ShapeMismatchException(
          String.format(
              "upload: tensor %s has %d elements, the host array %d",
              target, target.elements(), length));
    }
  }
}
