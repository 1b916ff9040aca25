package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of uploads beside the work when their device is closed by another thread. */
@Timeout(60)
class UploadQueueTest {
  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  private void uploadSlowly() {
    begun.countDown();
    try {
      mayEnd.await();
    } catch (InterruptedException early) {
      throw new AssertionError(early);
    }
  }

  private static void awaitBlocked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.BLOCKED) {
      Thread.sleep(1);
    }
  }

  @Test
  void closingTheDevice_waitsForAnUploadThatRuns() throws Exception {
    Tensor tensor = new TensorArena(backend, "chunks").allocate("chunk", 2);
    UploadQueue queue = backend.openUploadQueue();
    device.duringUploadBeside = this::uploadSlowly;
    CompletableFuture<Void> upload =
        CompletableFuture.runAsync(() -> queue.upload(new float[2], 0, tensor));
    begun.await();
    Thread closing = new Thread(backend::close, "closing");
    closing.start();
    awaitBlocked(closing);
    assertTrue(!device.log().contains("close upload queue"), device.log().toString());
    mayEnd.countDown();
    upload.get();
    closing.join();
    assertEquals(
        List.of(
            "allocate 2",
            "open upload queue",
            "upload beside",
            "close upload queue",
            "free 2",
            "close"),
        device.log());
    String refusal =
        assertThrows(IllegalStateException.class, () -> queue.upload(new float[2], 0, tensor))
            .getMessage();
    assertTrue(refusal.contains("stand-in:0 is used after it was closed"), refusal);
  }
}
