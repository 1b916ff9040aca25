package dev.myelin.cli;

import dev.myelin.nn.Trainer;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/**
 * Lets SIGINT and SIGTERM end training in good order: the trainer is asked to stop, and the process
 * lives on until the model is saved and all is printed.
 */
final class Interruption {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Trainer trainer;

  private Interruption(Trainer trainer) {
    this.trainer = trainer;
  }

  /**
   * Does work during which the process does not end before the work has.
   *
   * @param trainer asked to stop when the process is asked to end
   * @return what the work returns; {@link ExitCode#INTERRUPTED} when the process is ending already
   */
  static int during(Trainer trainer, IntSupplier work) {
    Interruption interruption = new Interruption(trainer);
    Thread hook = new Thread(interruption::stopAndWait, "interruption");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return ExitCode.INTERRUPTED;
    }
    try {
      return work.getAsInt();
    } finally {
      interruption.done.countDown();
      remove(hook);
    }
  }

  private void stopAndWait() {
    trainer.requestStop();
    try {
      done.await();
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook is running, and has just been let go.
    }
  }
}
