package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lifetime of captured work and arenas, on a device that records, and on one that fails. */
class CheckedBackendTest {
  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();

  private static void assertRefused(CapturedWork work, String... parts) {
    String message = assertThrows(IllegalStateException.class, work::replay).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void replay_afterAnArenaOfItsTensorsWasClosed_namesTheArena() {
    TensorArena kept = new TensorArena(backend, "kept");
    TensorArena gone = new TensorArena(backend, "batches");
    Tensor a = kept.allocate("a", 3);
    Tensor b = gone.allocate("b", 3);
    CapturedWork work = backend.capture(() -> backend.ops().copy(b, a));
    work.replay();
    gone.close();
    assertRefused(work, "captured work", "arena 'batches' was closed");
    assertEquals(1, Collections.frequency(device.log(), "replay"));
    work.close();
  }

  @Test
  void replay_afterAnArenaThatItDoesNotUseWasClosed_runs() {
    TensorArena used = new TensorArena(backend, "used");
    Tensor out = used.allocate("out", 3);
    CapturedWork work = backend.capture(() -> backend.ops().fill(1, out));
    try (TensorArena later = new TensorArena(backend, "later")) {
      backend.ops().fill(2, later.allocate("other", 3));
    }
    work.replay();
    assertEquals(1, Collections.frequency(device.log(), "replay"));
  }

  @Test
  void replay_afterTheWorkWasClosed_isRefused_andClosingTwiceIsHarmless() {
    CapturedWork work = backend.capture(() -> {});
    work.close();
    work.close();
    assertRefused(work, "stand-in:0", "replayed after it was closed");
    assertEquals(List.of("close work"), device.log());
  }

  @Test
  void capture_withinACapture_isRefused_andTheDeviceCapturesAgainAfterwards() {
    String message =
        assertThrows(
                IllegalStateException.class, () -> backend.capture(() -> backend.capture(() -> {})))
            .getMessage();
    assertEquals(
        "device stand-in:0: capture within capture; record the one after the other", message);
    backend.capture(() -> {}).replay();
    assertEquals(List.of("replay"), device.log());
  }

  @Test
  void arena_ofADeviceThatFailed_isClosedAndFreed_andTheFailureIsThrown() {
    TensorArena arena = new TensorArena(backend, "training");
    arena.allocate("weight", 6);
    device.failureOfSynchronize = new DeviceException("waiting", "LOST", "stand-in:0", null);
    assertSame(device.failureOfSynchronize, assertThrows(DeviceException.class, arena::close));
    assertTrue(arena.isClosed());
    assertEquals(List.of("allocate 6", "free 6"), device.log());
    arena.close();
    backend.close();
  }

  @Test
  void arena_whoseFirstTensorCannotBeFreed_freesTheOthers() {
    TensorArena arena = new TensorArena(backend, "training");
    arena.allocate("weight", 6);
    arena.allocate("bias", 2);
    device.failureOfFree = new DeviceException("freeing", "LOST", "stand-in:0", null);
    assertThrows(DeviceException.class, arena::close);
    assertEquals(List.of("allocate 6", "allocate 2", "free 2", "free 6"), device.log());
  }

  @Test
  void device_thatFailed_isClosedWithAllArenas_andThrowsWhatFailedFirst() {
    for (String name : List.of("one", "two")) {
      new TensorArena(backend, name).allocate("tensor", 1);
    }
    device.failureOfSynchronize = new DeviceException("waiting", "LOST", "stand-in:0", null);
    device.failureOfFree = new DeviceException("freeing", "LOST", "stand-in:0", null);
    DeviceException failure = assertThrows(DeviceException.class, backend::close);
    assertSame(device.failureOfSynchronize, failure);
    // One per arena: what stopped the waiting stopped no freeing.
    assertArrayEquals(
        new Throwable[] {device.failureOfFree, device.failureOfFree}, failure.getSuppressed());
    assertEquals(2, Collections.frequency(device.log(), "free 1"));
    List<String> log = device.log();
    assertEquals("close", log.get(log.size() - 1));
    backend.close();
    assertEquals(1, Collections.frequency(device.log(), "close"));
  }

  @Test
  void upload_ofAnotherLengthThanTheShape_isRefusedBeforeMemoryIsTaken() {
    try (TensorArena arena = new TensorArena(backend, "data")) {
      String message =
          assertThrows(ShapeMismatchException.class, () -> arena.upload("bad", new float[5], 2, 3))
              .getMessage();
      assertEquals("upload: tensor bad [2, 3] has 6 elements, the host array 5", message);
      assertThrows(ShapeMismatchException.class, () -> arena.upload("bad", new int[7], 2, 3));
    }
    assertFalse(device.log().stream().anyMatch(entry -> entry.startsWith("allocate")));
  }
}
