package dev.myelin.soak;

import dev.myelin.TensorArena;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what is logged of arenas that were not closed, with {@code -Dmyelin.leaks=true}. */
final class LeakLog extends Handler {
  /** The log manager holds it weakly. */
  private final Logger logger = Logger.getLogger(TensorArena.class.getName());

  private final List<String> reports = new CopyOnWriteArrayList<>();

  /** Listens from now on. */
  LeakLog() {
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord record) {
    reports.add(record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /**
   * @throws IllegalStateException with what was logged
   */
  void requireNone() {
    if (!reports.isEmpty()) {
      throw new IllegalStateException("arenas were not closed: " + reports);
    }
  }
}
