package dev.myelin.peers;

import dev.myelin.nn.NamedParameter;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's own way to train, a batch at a time. */
final class Dl4jTraining implements Job {
  private final Net net;
  private final MultiLayerNetwork network;
  private final INDArray features;
  private final INDArray labels;
  private int epochs;
  private double lastLoss;

  Dl4jTraining(Net net) {
    this.net = net;
    int[] sizes = net.sizes();
    int outputs = sizes[sizes.length - 1];
    network = new MultiLayerNetwork(configuration(net));
    network.init();
    setParameters();
    features = Nd4j.create(net.features(), new long[] {net.samples(), sizes[0]}, 'c');
    int[] classes = net.labels();
    float[] oneHot = new float[net.samples() * outputs];
    for (int i = 0; i < classes.length; i++) {
      oneHot[i * outputs + classes[i]] = 1;
    }
    labels = Nd4j.create(oneHot, new long[] {net.samples(), outputs}, 'c');
  }

  private static MultiLayerConfiguration configuration(Net net) {
    boolean isRelu = net.activation().kind() == dev.myelin.Activation.Kind.RELU;
    int[] sizes = net.sizes();
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder().updater(new Adam(Net.LEARNING_RATE)).list();
    for (int i = 0; i + 2 < sizes.length; i++) {
      layers.layer(
          new DenseLayer.Builder()
              .nIn(sizes[i])
              .nOut(sizes[i + 1])
              .activation(isRelu ? Activation.RELU : Activation.SIGMOID)
              .build());
    }
    int last = sizes.length - 2;
    return layers
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(sizes[last])
                .nOut(sizes[last + 1])
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  private void setParameters() {
    List<NamedParameter> parameters = net.parameters();
    for (int i = 0; i < net.layers(); i++) {
      NamedParameter weight = parameters.get(2 * i);
      int[] shape = weight.shape();
      INDArray rows = Nd4j.create(weight.values(), new long[] {shape[0], shape[1]}, 'c');
      // DL4J's weights are [in, out].
      network.setParam(i + "_W", rows.transpose());
      float[] bias = parameters.get(2 * i + 1).values();
      network.setParam(i + "_b", Nd4j.create(bias, new long[] {1, bias.length}, 'c'));
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
    int[] order = net.order(epochs);
    int[] rows = new int[net.batch()];
    double lossSum = 0;
    for (int i = 0; i < net.stepsPerEpoch(); i++) {
      System.arraycopy(order, i * net.batch(), rows, 0, net.batch());
      network.fit(Nd4j.pullRows(features, 1, rows, 'c'), Nd4j.pullRows(labels, 1, rows, 'c'));
      lossSum += network.score();
    }
    lastLoss = lossSum / net.stepsPerEpoch();
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
    network.close();
    features.close();
    labels.close();
  }
}
