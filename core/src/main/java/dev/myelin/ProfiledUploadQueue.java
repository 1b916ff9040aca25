package dev.myelin;

import dev.myelin.Profile.Track;
import java.util.Map;

/**
 * An upload queue that writes down how long the caller was busy with each upload. It waits for
 * nothing, or uploads would no longer run beside the work.
 */
final class ProfiledUploadQueue implements UploadQueue {
  private final UploadQueue queue;
  private final Profile profile;

  ProfiledUploadQueue(UploadQueue queue, Profile profile) {
    this.queue = queue;
    this.profile = profile;
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    timed(target, () -> queue.upload(source, sourceOffset, target));
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    timed(target, () -> queue.upload(source, sourceOffset, target));
  }

  private void timed(Tensor target, Runnable upload) {
    long beginNanos = profile.nanos();
    upload.run();
    profile.add(
        Track.UPLOADS_BESIDE,
        "upload",
        beginNanos,
        profile.nanos(),
        ProfiledBackend.bytes(target),
        Map.of("tensor", target.toString()));
  }

  @Override
  public void fence() {
    queue.fence();
  }

  @Override
  public void close() {
    queue.close();
  }
}
