package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/**
 * In a JVM without the Vector API; backend-cpu/pom.xml starts one of its own for this class, where
 * nothing was logged before.
 */
final class NoVectorModuleTest {
  private static final String FLAG = "--add-modules jdk.incubator.vector";

  @Test
  void probe_isUsable_andNamesTheFlag() {
    Probe probe = new CpuBackendProvider().probe();

    assertTrue(probe.isUsable());
    assertTrue(probe.remedy().contains(FLAG), probe.remedy());
    assertTrue(probe.devices().get(0).detail().startsWith("scalar, "));
  }

  @Test
  void open_twice_logsTheFlagOnce() {
    List<String> messages = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.myelin.cpu");
    Handler handler = collector(messages);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try (Backend first = Backends.open("cpu");
        Backend second = Backends.open("cpu")) {
      assertEquals(first.device(), second.device());
      assertEquals(1, messages.size(), messages.toString());
      assertTrue(messages.get(0).contains(FLAG), messages.get(0));
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  private static Handler collector(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        assertEquals(Level.WARNING, record.getLevel());
        messages.add(new SimpleFormatter().formatMessage(record));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
