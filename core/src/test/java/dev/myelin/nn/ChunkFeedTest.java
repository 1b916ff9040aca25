package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.StandInBackend;
import dev.myelin.data.Dataset;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When chunks go to the device, on one that writes down what reaches it. */
@Timeout(60)
class ChunkFeedTest {
  private static final int BATCH = 8;
  private static final int SAMPLES = 1 << 14;

  /** Two uploads a chunk: features and targets. */
  private static final List<String> CHUNK = List.of("upload beside", "upload beside");

  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();

  @AfterEach
  void closeDevice() {
    backend.close();
  }

  private ChunkFeed feed() {
    Dataset data =
        Dataset.regression("line", 4, new float[4 * SAMPLES], new float[SAMPLES], List.of("y"));
    MlpSpec spec = MlpSpec.of(Activation.RELU, 4, 1);
    Loss loss = Loss.meanSquaredError(Loss.Reduction.SUM);
    return new ChunkFeed(backend, new HostSamples(data, spec, loss), BATCH);
  }

  private static int[] inOrder() {
    return IntStream.range(0, SAMPLES).toArray();
  }

  /** Returns when the device has seen so many uploads, which this thread does nothing for. */
  private void awaitUploads(int uploads) throws InterruptedException {
    while (Collections.frequency(device.log(), "upload beside") < uploads) {
      Thread.sleep(1);
    }
  }

  @Test
  void nextChunk_goesToTheDeviceWhileAStepOfThisOneRuns() throws InterruptedException {
    try (ChunkFeed feed = feed()) {
      feed.beginEpoch(inOrder(), 0);
      feed.beforeStep(0);
      // This thread would now be busy with the step.
      awaitUploads(4);
    }
  }

  @Test
  void chunk_isNotOverwrittenBeforeTheStepsThatReadIt() throws InterruptedException {
    try (ChunkFeed feed = feed()) {
      int stepsPerChunk = feed.chunkRows() / BATCH;
      assertTrue(SAMPLES / feed.chunkRows() > 3, "several chunks of " + feed.chunkRows());
      device.clearLog();
      feed.beginEpoch(inOrder(), 0);
      for (int step = 0; step < stepsPerChunk; step++) {
        feed.beforeStep(step);
        device.writeDown("step");
      }
      awaitUploads(4);
      // The third chunk takes the place of the first; it had time to do so wrongly.
      Thread.sleep(50);
      assertEquals(4, Collections.frequency(device.log(), "upload beside"));
      feed.beforeStep(stepsPerChunk);
      awaitUploads(6);
      List<String> log = device.log();
      assertEquals("fence", log.get(0), "steps of an epoch before come first");
      assertEquals(CHUNK, log.subList(1, 3));
      assertEquals("fence", log.get(3), "steps wait for the chunk");
      int secondFence = log.lastIndexOf("fence");
      List<String> during = log.subList(4, secondFence);
      assertEquals(stepsPerChunk, Collections.frequency(during, "step"));
      assertEquals(2, Collections.frequency(during, "upload beside"));
      assertEquals(CHUNK, log.subList(secondFence + 1, log.size()));
    }
  }

  @Test
  void beginEpoch_amidAnEpoch_beginsWithTheChunkOfItsStep() throws InterruptedException {
    try (ChunkFeed feed = feed()) {
      int stepsPerChunk = feed.chunkRows() / BATCH;
      int lastStep = SAMPLES / BATCH - 1;
      feed.beginEpoch(inOrder(), 0);
      feed.beforeStep(0);
      awaitUploads(4);
      device.clearLog();
      feed.beginEpoch(inOrder(), lastStep);
      feed.beforeStep(lastStep);
      assertEquals(List.of("fence", "upload beside", "upload beside", "fence"), device.log());
      assertEquals(lastStep % (2 * stepsPerChunk) * BATCH, feed.firstRow(lastStep));
    }
  }

  @Test
  void close_amidAnUpload_closesItsQueueBeforeItsTensorsAreFreed() {
    ChunkFeed feed = feed();
    feed.beginEpoch(inOrder(), 0);
    device.clearLog();
    feed.close();
    List<String> log = device.log();
    int closed = log.indexOf("close upload queue");
    assertTrue(closed >= 0, log.toString());
    assertEquals(3, log.subList(closed, log.size()).stream().filter(this::isFree).count());
    assertThrows(IllegalStateException.class, () -> feed.beginEpoch(inOrder(), 0));
  }

  @Test
  void uploaderThatSomebodyElseInterrupts_isReported_howeverOftenItIsAskedFor() throws Exception {
    device.duringUploadBeside = () -> Thread.currentThread().interrupt();
    try (ChunkFeed feed = feed()) {
      feed.beginEpoch(inOrder(), 0);
      feed.beforeStep(0);
      int second = feed.chunkRows() / BATCH;
      for (int i = 0; i < 2; i++) {
        String message =
            assertThrows(IllegalStateException.class, () -> feed.beforeStep(second)).getMessage();
        assertEquals("thread 'reader of line' was interrupted", message);
      }
    }
  }

  private boolean isFree(String call) {
    return call.startsWith("free ");
  }
}
