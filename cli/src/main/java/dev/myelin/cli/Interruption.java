package dev.myelin.cli;

import dev.myelin.nn.Trainer;
import java.util.concurrent.CountDownLatch;

/**
 * Lets SIGINT and SIGTERM end training in good order: the trainer is asked to stop, and the process
 * lives on until this is closed, which is when the model is saved and all is printed.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  Interruption(Trainer trainer) {
    hook =
        new Thread(
            () -> {
              trainer.requestStop();
              awaitDone();
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitDone() {
    try {
      done.await();
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook is running: it has just been let go.
    }
  }
}
