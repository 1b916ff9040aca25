package dev.myelin.peers;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.myelin.nn.NamedParameter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Training by {@link TorchStepScript}: one call of PyTorch a step. */
final class TorchScriptTraining implements Job {
  private final NDManager manager;
  private final Net net;
  private final Model model;
  private final Block step;
  private final ParameterStore noParameters;
  private final NDList state;
  private final NDArray lossSum;
  private int epochs;
  private double lastLoss;

  TorchScriptTraining(NDManager manager, Net net) {
    this.manager = manager;
    this.net = net;
    model = Model.newInstance("step", manager.getDevice(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(TorchStepScript.archive(net)));
    } catch (IOException | MalformedModelException e) {
      throw new IllegalStateException("PyTorch refuses the step's script", e);
    }
    step = model.getBlock();
    noParameters = new ParameterStore(manager, false);
    int[] sizes = net.sizes();
    NDList flat = new NDList();
    for (NamedParameter parameter : net.parameters()) {
      flat.add(manager.create(parameter.values()));
    }
    NDArray parameters = NDArrays.concat(flat);
    Shape shape = parameters.getShape();
    lossSum = manager.create(0f);
    state =
        new NDList(
            manager.create(net.features(), new Shape(net.samples(), sizes[0])),
            manager.create(net.labels()).oneHot(sizes[sizes.length - 1]),
            parameters,
            manager.zeros(shape),
            manager.zeros(shape),
            manager.zeros(shape),
            manager.create(0f),
            lossSum);
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
      Shape steps = new Shape(net.stepsPerEpoch(), net.batch());
      NDArray rows = epochManager.create(order, steps);
      for (int i = 0; i < net.stepsPerEpoch(); i++) {
        try (NDManager stepManager = epochManager.newSubManager()) {
          // The result belongs to the manager of the first input.
          NDList inputs = new NDList(rows.get(stepManager, i));
          step.forward(noParameters, inputs.addAll(state), false);
        }
      }
    }
    lastLoss = lossSum.getFloat() / net.samples();
    lossSum.subi(lossSum.duplicate());
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
    model.close();
    manager.close();
  }
}
