package dev.myelin.cli.bench;

import dev.myelin.Backend;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.concurrent.SynchronousQueue;

/**
 * Whole training steps of the trainer that users use: gather, forward, loss, backward, update, and
 * what an epoch needs at its beginning and end. The trainer runs in a thread of its own, which
 * stops when it has done as many steps as it was asked for.
 */
public final class TrainingSteps implements Contender {
  /**
   * So small that the network stays as it is: learned by heart, samples would make gradients so
   * small that the processor takes longer for them.
   */
  private static final double LEARNING_RATE = 1e-7;

  private static final int END = 0;

  private final Backend backend;
  private final Trainer trainer;
  private final SynchronousQueue<Integer> orders = new SynchronousQueue<>();

  /** What came of an order: an empty text, or what was thrown. */
  private final SynchronousQueue<Object> outcomes = new SynchronousQueue<>();

  private final Thread thread;

  /** The trainer's thread alone uses it; at {@link #END} nobody waits for an outcome. */
  private int stepsLeft;

  private boolean isOver;

  /** What went wrong after the last order; read when the thread has ended. */
  private Throwable lateFailure;

  /**
   * Trains a fresh network, without an end.
   *
   * @param options of which the loss, the optimizer, the batches, the clipping and the seed count
   */
  public TrainingSteps(Backend backend, MlpSpec spec, TrainingOptions options, Dataset data) {
    this.backend = backend;
    this.trainer =
        new Trainer(
            options
                .withOptimizer(options.optimizer(), LEARNING_RATE)
                .withEpochs(Integer.MAX_VALUE)
                .withPatience(0));
    this.thread = new Thread(() -> train(spec, data), "myelin-benchmark");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public String name() {
    return backend.device().id();
  }

  @Override
  public void run(int repetitions) {
    try {
      orders.put(repetitions);
      if (outcomes.take() instanceof Throwable failure) {
        isOver = true;
        throwUnchecked(failure);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while steps are timed", interrupted);
    }
  }

  private void train(MlpSpec spec, Dataset data) {
    try {
      nextOrder();
      if (stepsLeft == END) {
        return;
      }
      try (Mlp mlp = Mlp.create(backend, spec, Initializer.XAVIER, 1)) {
        trainer.fit(mlp, data, null, new StepCounter());
      }
    } catch (RuntimeException | Error failure) {
      if (stepsLeft == END) {
        lateFailure = failure;
      } else {
        report(failure);
      }
    }
  }

  private static void throwUnchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  /** Waits between steps until more are wanted. */
  private final class StepCounter implements TrainingListener {
    @Override
    public void stepDone(int epoch, int step, int stepsPerEpoch) {
      stepsLeft--;
      if (stepsLeft == 0) {
        backend.synchronize();
        report("");
        nextOrder();
        if (stepsLeft == END) {
          trainer.requestStop();
        }
      }
    }
  }

  private void nextOrder() {
    try {
      stepsLeft = orders.take();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  private void report(Object outcome) {
    try {
      outcomes.put(outcome);
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  @Override
  public void close() {
    if (isOver) {
      return;
    }
    isOver = true;
    try {
      orders.put(END);
      thread.join();
      if (lateFailure != null) {
        throwUnchecked(lateFailure);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the trainer ends", interrupted);
    }
  }
}
