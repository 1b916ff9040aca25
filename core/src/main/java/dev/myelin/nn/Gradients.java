package dev.myelin.nn;

import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient that a training step by the rule gradient would follow, before any clipping. As all
 * that computes on a backend, a matter of one thread at a time.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * The gradient of the loss of one batch by every trained parameter, on the same way as in
   * training, dropout included. The network stays as it is.
   *
   * @param batch samples as the network takes them; all of them are one batch
   * @param loss its mean over the batch, or sum, as in training
   * @param seed of dropout
   * @return gradients under the names of their parameters ("0.weight"), in the order of {@link
   *     Mlp#stateDict}; none for a bias that is fixed
   * @throws IllegalArgumentException when data, network and loss do not belong together
   */
  public static List<NamedParameter> of(Mlp mlp, Dataset batch, Loss loss, long seed) {
    MlpSpec spec = mlp.spec();
    try (DeviceDataset data = new DeviceDataset(mlp.backend(), new HostSamples(batch, spec, loss));
        TensorArena arena = new TensorArena(mlp.backend(), "gradients of one batch")) {
      TrainingState state = new TrainingState(arena, mlp, Optimizer.sgd(), 1);
      BatchTensors tensors =
          BatchTensors.forTraining(arena, spec, loss, LearningRule.GRADIENT, batch.samples())
              .reading(data.features(), data.targets());
      Propagation propagation = new Propagation(mlp);
      propagation.forwardWithDropout(tensors, seed, state.step);
      loss.apply(
          mlp.backend().ops(),
          tensors.output(),
          tensors.target,
          tensors.rowLosses,
          tensors.outputGradient());
      propagation.backward(tensors, seed, state.step, state.weightGradients, state.biasGradients);
      float[] values = new float[state.gradients.rows()];
      mlp.backend().download(state.gradients, values);
      return named(mlp.layout(), spec.layers().size(), values);
    }
  }

  private static List<NamedParameter> named(ParameterLayout layout, int layers, float[] values) {
    List<NamedParameter> gradients = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (ParameterLayout.Entry entry : layout.entries()) {
        if (entry.layer() == layer && entry.offset() < values.length) {
          float[] part = new float[entry.elements()];
          System.arraycopy(values, entry.offset(), part, 0, part.length);
          gradients.add(new NamedParameter(entry.name(), entry.shape(), part));
        }
      }
    }
    return gradients;
  }
}
