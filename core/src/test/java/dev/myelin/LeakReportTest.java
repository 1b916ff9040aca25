package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Arenas that are not closed are reported with where they were opened, if that is asked for. */
class LeakReportTest {
  private final Logger logger = Logger.getLogger(TensorArena.class.getName());
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    System.setProperty(LeakReport.PROPERTY, "true");
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    System.clearProperty(LeakReport.PROPERTY);
  }

  private static void openAndForget(Backend backend) {
    TensorArena arena = new TensorArena(backend, "forgotten");
    arena.allocate("weight", 5);
    arena.allocate("labels", DType.I32, 3);
  }

  private static void collect() throws InterruptedException {
    System.gc();
    Thread.sleep(10);
  }

  private void assertReport(String message) {
    assertEquals(1, records.size());
    LogRecord record = records.get(0);
    assertEquals(Level.WARNING, record.getLevel());
    assertEquals(message, record.getMessage());
    Throwable opened = record.getThrown();
    assertEquals("arena 'forgotten' was opened here", opened.getMessage());
    assertTrue(
        Arrays.stream(opened.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getMethodName().equals("openAndForget")
                        && frame.getClassName().equals(LeakReportTest.class.getName())),
        Arrays.toString(opened.getStackTrace()));
  }

  @Test
  void anArena_stillOpenWhenItsDeviceIsClosed_isReportedOnce() throws Exception {
    Backend backend = new StandInBackend().checked();
    openAndForget(backend);
    backend.close();
    assertReport(
        "arena 'forgotten' of device stand-in:0 was still open when the device was closed:"
            + " 2 tensors, 32 bytes");
    backend.close();
    collect();
    assertEquals(1, records.size());
  }

  @Test
  void anArena_thatIsLost_isReported_andFreedWithItsDevice() throws Exception {
    StandInBackend device = new StandInBackend();
    Backend backend = device.checked();
    openAndForget(backend);
    for (int i = 0; i < 1000 && records.isEmpty(); i++) {
      collect();
    }
    assertReport(
        "arena 'forgotten' of device stand-in:0 was lost without being closed; its memory is taken"
            + " until the device is: 2 tensors, 32 bytes");
    assertEquals(List.of("allocate 5", "allocate 3"), device.log());
    backend.close();
    assertEquals(List.of("allocate 5", "allocate 3", "free 3", "free 5", "close"), device.log());
    assertEquals(1, records.size());
  }

  @Test
  void arenas_thatAreInUseOrClosed_areNotReported() throws Exception {
    Backend backend = new StandInBackend().checked();
    Tensor used = new TensorArena(backend, "in use by its tensor").allocate("tensor", 1);
    try (TensorArena closed = new TensorArena(backend, "closed")) {
      closed.allocate("tensor", 1);
    }
    for (int i = 0; i < 20; i++) {
      collect();
    }
    used.arena().close();
    backend.close();
    assertEquals(List.of(), records);
  }

  /** A device holds what it was last given; it must not be held itself for that. */
  @Test
  void aDeviceThatWasClosed_isCollected() throws Exception {
    WeakReference<Backend> closed = new WeakReference<>(useAndClose());
    for (int i = 0; i < 1000 && closed.get() != null; i++) {
      collect();
    }
    assertNull(closed.get());
    assertEquals(List.of(), records);
  }

  private static Backend useAndClose() {
    Backend backend = new StandInBackend().checked();
    TensorArena arena = new TensorArena(backend, "used");
    Tensor last = arena.allocate("last", 4);
    backend.ops().fill(1, last);
    arena.close();
    backend.close();
    return backend;
  }

  @Test
  void withTheSwitchOff_nothingIsReported_norAnyStackTraceTaken() throws Exception {
    System.clearProperty(LeakReport.PROPERTY);
    CheckedBackend backend = (CheckedBackend) new StandInBackend().checked();
    assertNull(backend.leakReport("any"));
    openAndForget(backend);
    for (int i = 0; i < 20; i++) {
      collect();
    }
    backend.close();
    assertEquals(List.of(), records);
  }
}
