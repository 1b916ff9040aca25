package dev.myelin.nn;

import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/**
 * Runs a network over samples from the host, as many at once as it was made for. Used by one thread
 * at a time, as the network's backend.
 */
public final class Predictor implements AutoCloseable {
  private final Mlp mlp;
  private final int batchSize;
  private final TensorArena arena;
  private final Tensor input;
  private final BatchTensors batch;
  private final Propagation propagation;

  /**
   * Allocates what a batch needs.
   *
   * @param batchSize samples that go through the network at once, at least 1
   */
  public Predictor(Mlp mlp, int batchSize) {
    BatchTensors.requireSize(batchSize);
    this.mlp = mlp;
    this.batchSize = batchSize;
    this.propagation = new Propagation(mlp);
    this.arena = new TensorArena(mlp.backend(), "prediction");
    try {
      this.input = arena.allocate("batch.features", batchSize, mlp.spec().inputs());
      this.batch = BatchTensors.forEvaluation(arena, mlp.spec(), batchSize);
    } catch (RuntimeException outOfMemory) {
      arena.close();
      throw outOfMemory;
    }
  }

  /**
   * The network's outputs: logits, or values; [samples, outputs] row-major.
   *
   * @param features [samples, inputs] row-major
   * @throws ShapeMismatchException when the features are not whole samples
   */
  public float[] predict(float[] features) {
    int inputs = mlp.spec().inputs();
    if (features.length % inputs != 0) {
      throw new ShapeMismatchException(
          String.format(
              "%d features are not whole samples of %d, which network %s takes",
              features.length, inputs, mlp.spec()));
    }
    int samples = features.length / inputs;
    int width = mlp.spec().outputs();
    float[] outputs = new float[Math.multiplyExact(samples, width)];
    for (int from = 0; from < samples; from += batchSize) {
      int rows = Math.min(batchSize, samples - from);
      BatchTensors part = batch.rows(rows).reading(input.rows(0, rows), null);
      mlp.backend().upload(features, from * inputs, part.input);
      propagation.forward(part);
      mlp.backend().download(part.output(), outputs, from * width);
    }
    return outputs;
  }

  @Override
  public void close() {
    arena.close();
  }
}
