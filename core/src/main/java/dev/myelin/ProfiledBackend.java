package dev.myelin;

import dev.myelin.Profile.Track;
import java.util.Map;

/**
 * A provider's backend that writes down how long everything takes. Captured work is run anew by
 * every replay, so that its operations are seen.
 */
final class ProfiledBackend implements Backend {
  private final Backend backend;
  private final Profile profile;
  private final Ops ops;

  ProfiledBackend(Backend backend, Profile profile) {
    this.backend = backend;
    this.profile = profile;
    this.ops = ProfiledOps.of(backend, profile);
    profile.setDevice(backend.device());
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
    return backend.memory();
  }

  @Override
  public Buffer allocate(DType type, long elements) {
    return backend.allocate(type, elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    transfer("upload", target, () -> backend.upload(source, sourceOffset, target));
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    transfer("upload", target, () -> backend.upload(source, sourceOffset, target));
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    transfer("download", source, () -> backend.download(source, target, targetOffset));
  }

  @Override
  public void download(Tensor source, int[] target, int targetOffset) {
    transfer("download", source, () -> backend.download(source, target, targetOffset));
  }

  private void transfer(String name, Tensor tensor, Runnable work) {
    long beginNanos = profile.nanos();
    work.run();
    backend.synchronize();
    long endNanos = profile.nanos();
    Map<String, String> tensors = Map.of("tensor", tensor.toString());
    profile.add(Track.TRANSFERS, name, beginNanos, endNanos, bytes(tensor), tensors);
  }

  static long bytes(Tensor tensor) {
    return tensor.elements() * tensor.type().bytes();
  }

  @Override
  public void synchronize() {
    backend.synchronize();
  }

  @Override
  public UploadQueue openUploadQueue() {
    return new ProfiledUploadQueue(backend.openUploadQueue(), profile);
  }

  @Override
  public CapturedWork capture(Runnable work) {
    return new CapturedWork() {
      @Override
      public void replay() {
        long beginNanos = profile.nanos();
        work.run();
        profile.addStep(beginNanos, profile.nanos());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    backend.close();
  }
}
