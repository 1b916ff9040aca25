package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a report says of an arena, which another thread asks for at any time. */
class ArenaContentsTest {
  private final CheckedBackend backend = (CheckedBackend) new StandInBackend().checked();
  private final ArenaContents contents = new ArenaContents(backend, "watched", null);

  /** Of 5 and 3 elements. */
  private void addTwo(Runnable whenFreed) {
    for (int elements : new int[] {5, 3}) {
      contents.add(new WatchedBuffer(elements, whenFreed));
    }
  }

  private record WatchedBuffer(long elements, Runnable whenFreed) implements Buffer {
    @Override
    public DType type() {
      return DType.F32;
    }

    @Override
    public void free() {
      whenFreed.run();
    }
  }

  private String numbers() {
    return contents.tensors() + " tensors, " + contents.bytes() + " bytes";
  }

  @Test
  void numbers_areThoseOfTheBuffersThatAreHeld() {
    assertEquals("0 tensors, 0 bytes", numbers());
    addTwo(() -> {});
    assertEquals("2 tensors, 32 bytes", numbers());
    contents.freeLast();
    assertEquals("1 tensors, 20 bytes", numbers());
  }

  @Test
  void aBufferThatCannotBeFreed_isHeldNoLonger() {
    IllegalStateException failure = new IllegalStateException("lost");
    addTwo(
        () -> {
          throw failure;
        });
    assertEquals(failure, assertThrows(IllegalStateException.class, contents::freeLast));
    assertEquals("1 tensors, 20 bytes", numbers());
  }

  /** A report that has begun before tells what was open, not what is left of it. */
  @Test
  void numbers_stayWhileAndAfterItIsClosed() {
    List<String> whileClosing = new ArrayList<>();
    addTwo(() -> whileClosing.add(numbers()));
    contents.close();
    assertTrue(contents.isClosed());
    assertEquals(List.of("2 tensors, 32 bytes", "2 tensors, 32 bytes"), whileClosing);
    assertEquals("2 tensors, 32 bytes", numbers());
  }
}
