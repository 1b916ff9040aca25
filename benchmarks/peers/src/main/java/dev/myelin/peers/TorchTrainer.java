package dev.myelin.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import dev.myelin.nn.NamedParameter;
import java.util.Arrays;
import java.util.List;

/** DJL's own way to train: blocks, a trainer, and PyTorch's automatic differentiation. */
final class TorchTrainer implements Job {
  private final Net net;
  private final Model model;
  private final Trainer trainer;
  private final Loss loss;
  private final NDManager manager;
  private final NDArray features;
  private final NDArray labels;
  private int epochs;
  private double lastLoss;

  TorchTrainer(Net net) {
    this.net = net;
    model = Model.newInstance(net.name(), Device.cpu(), "PyTorch");
    model.setBlock(block(net));
    loss = Loss.softmaxCrossEntropyLoss();
    Adam adam = Adam.builder().optLearningRateTracker(Tracker.fixed(Net.LEARNING_RATE)).build();
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(loss)
                .optOptimizer(adam)
                .optDevices(new Device[] {Device.cpu()}));
    manager = trainer.getManager().newSubManager();
    int inputs = net.spec().inputs();
    trainer.initialize(new Shape(net.batch(), inputs));
    setParameters();
    features = manager.create(net.features(), new Shape(net.samples(), inputs));
    labels = manager.create(net.labels());
  }

  private static Block block(Net net) {
    boolean isRelu = net.activation().kind() == dev.myelin.Activation.Kind.RELU;
    SequentialBlock block = new SequentialBlock();
    int[] sizes = net.sizes();
    for (int i = 1; i < sizes.length; i++) {
      block.add(Linear.builder().setUnits(sizes[i]).build());
      if (i + 1 < sizes.length) {
        block.add(isRelu ? Activation.reluBlock() : Activation.sigmoidBlock());
      }
    }
    return block;
  }

  private void setParameters() {
    List<NamedParameter> parameters = net.parameters();
    List<ai.djl.nn.Parameter> own = model.getBlock().getParameters().values();
    for (int i = 0; i < own.size(); i++) {
      own.get(i).getArray().set(parameters.get(i).values());
    }
  }

  @Override
  public void run(int repetitions) {
    for (int i = 0; i < repetitions; i++) {
      epoch();
    }
  }

  private void epoch() {
    epochs++;
    long[] order = Arrays.stream(net.order(epochs)).asLongStream().toArray();
    try (NDManager epochManager = manager.newSubManager()) {
      NDArray rows = epochManager.create(order, new Shape(net.stepsPerEpoch(), net.batch()));
      NDArray lossSum = epochManager.create(0f);
      for (int i = 0; i < net.stepsPerEpoch(); i++) {
        try (NDManager stepManager = epochManager.newSubManager()) {
          step(rows.get(stepManager, i), stepManager, lossSum);
        }
      }
      lastLoss = lossSum.getFloat() / net.stepsPerEpoch();
    }
  }

  private void step(NDArray rows, NDManager stepManager, NDArray lossSum) {
    NDList input = new NDList(TorchTraining.gather(features, rows));
    NDList target = new NDList(labels.take(stepManager, rows));
    try (GradientCollector collector = trainer.newGradientCollector()) {
      NDList output = trainer.forward(input);
      NDArray batchLoss = loss.evaluate(target, output);
      collector.backward(batchLoss);
      lossSum.addi(batchLoss.duplicate().stopGradient());
      output.attach(stepManager);
      batchLoss.attach(stepManager);
    }
    trainer.step();
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
    trainer.close();
    model.close();
  }
}
