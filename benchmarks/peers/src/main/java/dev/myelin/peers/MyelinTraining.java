package dev.myelin.peers;

import dev.myelin.Backend;
import dev.myelin.data.Dataset;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Myelin's own trainer, as users call it. It trains on a thread of its own that waits between
 * epochs until more of them are asked for.
 */
final class MyelinTraining implements Job {
  private final Mlp mlp;
  private final Trainer trainer;
  private final Dataset data;
  private final Thread thread;
  private final Semaphore wanted = new Semaphore(0);
  private final Semaphore done = new Semaphore(0);
  private volatile double lastLoss;
  private volatile RuntimeException failure;

  MyelinTraining(Backend backend, Net net) {
    mlp = Mlp.of(backend, net.spec(), net.parameters());
    trainer =
        new Trainer(
            TrainingOptions.defaults(Loss.crossEntropy())
                .withOptimizer(Optimizer.adam(), Net.LEARNING_RATE)
                .withBatchSize(net.batch())
                .withEpochs(Integer.MAX_VALUE)
                .withSeed(Net.SEED));
    List<String> classes = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    data =
        Dataset.classification(
            net.name(), net.spec().inputs(), net.features(), net.labels(), classes);
    thread = new Thread(this::train, "training");
    thread.start();
  }

  private void train() {
    try {
      wanted.acquireUninterruptibly();
      trainer.fit(
          mlp,
          data,
          null,
          new TrainingListener() {
            @Override
            public void epochDone(EpochReport report) {
              lastLoss = report.loss();
              done.release();
              wanted.acquireUninterruptibly();
            }
          });
    } catch (RuntimeException e) {
      failure = e;
      done.release();
    }
  }

  @Override
  public void run(int repetitions) {
    wanted.release(repetitions);
    done.acquireUninterruptibly(repetitions);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public double[] evidence() {
    double[] losses = new double[Workload.EVIDENT_EPOCHS];
    for (int epoch = 0; epoch < losses.length; epoch++) {
      run(1);
      losses[epoch] = lastLoss;
    }
    return losses;
  }

  @Override
  public void close() {
    trainer.requestStop();
    wanted.release();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    mlp.close();
  }
}
