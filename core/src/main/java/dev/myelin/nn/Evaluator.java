package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a network over a data set that stays on the device, and says how well it does. Everything is
 * allocated when it is made; {@link #evaluate} may be called again after each change of the
 * parameters.
 */
public final class Evaluator implements AutoCloseable {
  private final Mlp mlp;
  private final Dataset data;
  private final Loss loss;
  private final DeviceDataset deviceData;
  private final TensorArena arena;
  private final Propagation propagation;
  private final List<BatchTensors> batches = new ArrayList<>();
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
    this.deviceData = new DeviceDataset(mlp.backend(), data, mlp.spec(), loss);
    this.arena = new TensorArena(mlp.backend(), "evaluation of " + data.name());
    try {
      int samples = data.samples();
      int size = Math.min(batchSize, samples);
      BatchTensors batch = BatchTensors.forEvaluation(arena, mlp.spec(), size);
      for (int from = 0; from < samples; from += size) {
        int rows = Math.min(size, samples - from);
        Tensor input = deviceData.features().rows(from, rows);
        Tensor target = deviceData.targets().rows(from, rows);
        batches.add(batch.rows(rows).reading(input, target));
      }
      this.rowLosses = new float[size];
    } catch (RuntimeException outOfMemory) {
      close();
      throw outOfMemory;
    }
  }

  /** Loss and accuracy (or error and explained variance) with the parameters as they are now. */
  public Metrics evaluate() {
    Backend backend = mlp.backend();
    Ops ops = backend.ops();
    double sumOfLosses = 0;
    int width = mlp.spec().outputs();
    int offset = 0;
    for (BatchTensors batch : batches) {
      propagation.forward(batch);
      Tensor output = batch.output();
      loss.apply(ops, output, batch.target, batch.rowLosses, batch.outputGradient());
      backend.download(output, outputs, offset);
      backend.download(batch.rowLosses, rowLosses);
      for (int i = 0; i < batch.batch(); i++) {
        sumOfLosses += rowLosses[i];
      }
      offset += batch.batch() * width;
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
    arena.close();
    deviceData.close();
  }
}
