package dev.myelin.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Linear;
import dev.myelin.Activation;
import dev.myelin.nn.NamedParameter;
import java.util.List;

/**
 * Training on DJL's arrays without its automatic differentiation: the gradients are written by
 * hand, in as few of PyTorch's operations as DJL lets through. All parameters lie in one array, so
 * that Adam, which is a dozen of operations in DJL, runs once a step.
 */
final class TorchTraining implements Job {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final NDManager manager;
  private final Net net;
  private final boolean isRelu;
  private final NDArray features;
  private final NDArray oneHot;
  private final NDArray block;
  private final NDArray firstMoments;
  private final NDArray secondMoments;

  /** Views of the block. */
  private final NDArray[] weights;

  private final NDArray[] biases;
  private int epochs;
  private int steps;
  private double lastLoss;

  TorchTraining(NDManager manager, Net net) {
    this.manager = manager;
    this.net = net;
    this.isRelu = net.activation().kind() == Activation.Kind.RELU;
    int[] sizes = net.sizes();
    features = manager.create(net.features(), new Shape(net.samples(), sizes[0]));
    oneHot = manager.create(net.labels()).oneHot(sizes[sizes.length - 1]);
    int layers = net.layers();
    weights = new NDArray[layers];
    biases = new NDArray[layers];
    List<NamedParameter> parameters = net.parameters();
    NDList flat = new NDList();
    for (NamedParameter parameter : parameters) {
      flat.add(manager.create(parameter.values()));
    }
    block = NDArrays.concat(flat);
    firstMoments = manager.zeros(block.getShape());
    secondMoments = manager.zeros(block.getShape());
    long from = 0;
    for (int i = 0; i < 2 * layers; i++) {
      NamedParameter parameter = parameters.get(i);
      long to = from + parameter.values().length;
      NDArray view = block.get(new NDIndex().addSliceDim(from, to));
      (i % 2 == 0 ? weights : biases)[i / 2] = view.reshape(widened(parameter.shape()));
      from = to;
    }
  }

  private static long[] widened(int... shape) {
    long[] dimensions = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = shape[i];
    }
    return dimensions;
  }

  @Override
  public void run(int repetitions) {
    for (int i = 0; i < repetitions; i++) {
      epoch();
    }
  }

  private void epoch() {
    epochs++;
    try (NDManager epochManager = manager.newSubManager()) {
      Shape steps = new Shape(net.stepsPerEpoch(), net.batch());
      NDArray order = epochManager.create(widened(net.order(epochs)), steps);
      NDArray lossSum = epochManager.create(0f);
      for (int i = 0; i < net.stepsPerEpoch(); i++) {
        try (NDManager stepManager = epochManager.newSubManager()) {
          step(order.get(stepManager, i), lossSum);
        }
      }
      lastLoss = lossSum.getFloat() / net.samples();
    }
  }

  private void step(NDArray rows, NDArray lossSum) {
    int layers = weights.length;
    NDArray[] inputs = new NDArray[layers];
    inputs[0] = gather(features, rows);
    NDArray target = gather(oneHot, rows);
    NDArray logits = null;
    for (int i = 0; i < layers; i++) {
      NDArray z = Linear.linear(inputs[i], weights[i], biases[i]).singletonOrThrow();
      if (i + 1 < layers) {
        inputs[i + 1] = isRelu ? ai.djl.nn.Activation.relu(z) : ai.djl.nn.Activation.sigmoid(z);
      } else {
        logits = z;
      }
    }
    NDArray logProbabilities = logits.logSoftmax(1);
    lossSum.subi(logProbabilities.mul(target).sum());
    NDArray dZ = logProbabilities.exp().subi(target).muli(1f / net.batch());
    NDArray[] gradients = new NDArray[2 * layers];
    for (int i = layers - 1; i >= 0; i--) {
      gradients[2 * i] = dZ.transpose().matMul(inputs[i]).flatten();
      gradients[2 * i + 1] = dZ.sum(new int[] {0});
      dZ = i == 0 ? null : throughActivation(inputs[i], dZ.matMul(weights[i]));
    }
    update(NDArrays.concat(new NDList(gradients)));
  }

  /**
   * Some rows of a table, in memory of the manager of {@code rows}. The cheapest way to take them:
   * indexing goes through more calls.
   */
  static NDArray gather(NDArray table, NDArray rows) {
    return rows.getNDArrayInternal().embedding(rows, table, SparseFormat.DENSE).singletonOrThrow();
  }

  /** dY f'(z), in dY's memory. */
  private NDArray throughActivation(NDArray y, NDArray dY) {
    if (isRelu) {
      return dY.muli(y.sign());
    }
    return dY.muli(y).muli(y.neg().addi(1));
  }

  private void update(NDArray gradient) {
    steps++;
    double correction1 = 1 - Math.pow(BETA1, steps);
    double correction2 = 1 - Math.pow(BETA2, steps);
    float rate = (float) (Net.LEARNING_RATE * Math.sqrt(correction2) / correction1);
    block
        .getNDArrayInternal()
        .adamUpdate(
            new NDList(block, gradient, firstMoments, secondMoments),
            new NDList(block),
            Net.LEARNING_RATE,
            rate,
            0,
            1,
            -1,
            BETA1,
            BETA2,
            EPSILON,
            true,
            false);
  }

  @Override
  public double[] evidence() {
    double[] losses = new double[Workload.EVIDENT_EPOCHS];
    for (int i = 0; i < losses.length; i++) {
      epoch();
      losses[i] = lastLoss;
    }
    return losses;
  }

  @Override
  public void close() {
    manager.close();
  }
}
