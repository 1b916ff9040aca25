package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import java.util.Arrays;

/**
 * Runs a network over a data set, and says how well it does. The data stay on the device, or pass
 * through it in chunks where they would take more than half of its free memory. Everything is
 * allocated when it is made; {@link #evaluate} may be called again after each change of the
 * parameters. Used by one thread at a time, as the network's backend.
 */
public final class Evaluator implements AutoCloseable {
  private final Mlp mlp;
  private final Dataset data;
  private final Loss loss;
  private final SampleFeed feed;
  private final TensorArena arena;
  private final Propagation propagation;
  private final BatchTensors batch;

  /** The samples as they come. */
  private final int[] order;

  private final float[] outputs;
  private final float[] rowLosses;

  /**
   * Puts the data on the network's device.
   *
   * @param batchSize samples that go through the network at once, at least 1
   * @throws IllegalArgumentException when data, network and loss do not belong together
   */
  public Evaluator(Mlp mlp, Dataset data, Loss loss, int batchSize) {
    BatchTensors.requireSize(batchSize);
    this.mlp = mlp;
    this.data = data;
    this.loss = loss;
    this.propagation = new Propagation(mlp);
    this.outputs = new float[Math.multiplyExact(data.samples(), mlp.spec().outputs())];
    this.order = new int[data.samples()];
    Arrays.setAll(order, i -> i);
    int size = Math.min(batchSize, data.samples());
    this.rowLosses = new float[size];
    this.feed = SampleFeed.of(mlp.backend(), new HostSamples(data, mlp.spec(), loss), size);
    try {
      this.arena = new TensorArena(mlp.backend(), "evaluation of " + data.name());
      this.batch = BatchTensors.forEvaluation(arena, mlp.spec(), size);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /** Loss and accuracy (or error and explained variance) with the parameters as they are now. */
  public Metrics evaluate() {
    Backend backend = mlp.backend();
    Ops ops = backend.ops();
    double sumOfLosses = 0;
    int width = mlp.spec().outputs();
    int size = batch.batch();
    feed.beginEpoch(order, 0);
    for (int step = 0; step * (long) size < data.samples(); step++) {
      int rows = Math.min(size, data.samples() - step * size);
      feed.beforeStep(step);
      int first = feed.firstRow(step);
      BatchTensors part =
          batch
              .rows(rows)
              .reading(feed.features().rows(first, rows), feed.targets().rows(first, rows));
      propagation.forward(part);
      Tensor output = part.output();
      loss.apply(ops, output, part.target, part.rowLosses, part.outputGradient());
      backend.download(output, outputs, step * size * width);
      backend.download(part.rowLosses, rowLosses);
      for (int i = 0; i < rows; i++) {
        sumOfLosses += rowLosses[i];
      }
    }
    double reduced = loss.reduce(sumOfLosses, data.samples(), width);
    return data.isClassification()
        ? new Metrics(reduced, accuracy(width), Double.NaN, Double.NaN, data.samples())
        : RegressionMetrics.of(reduced, outputs, data.targets(), width);
  }

  /**
   * What the network gave at the last {@link #evaluate}, [samples, outputs] row-major: logits, or
   * values. A copy.
   */
  public float[] outputs() {
    return outputs.clone();
  }

  private double accuracy(int width) {
    int[] labels = data.labels();
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      int predicted = Predictions.predictedClass(outputs, i, width, loss.decisionThreshold());
      if (predicted == labels[i]) {
        correct++;
      }
    }
    return (double) correct / labels.length;
  }

  @Override
  public void close() {
    try {
      // Null where it could not be opened, and the constructor closes the rest.
      if (arena != null) {
        arena.close();
      }
    } finally {
      feed.close();
    }
  }
}
