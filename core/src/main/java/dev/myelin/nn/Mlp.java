package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A multilayer perceptron on a device: its parameters, in one block. Closing it frees them.
 *
 * <p>Layer weights are [out, in], a row is a neuron; they are views of the block, as are the
 * biases.
 *
 * <p>Used by one thread at a time, as its {@link Backend}. Threads that predict at once each put
 * the same {@link dev.myelin.model.TrainedModel} on a backend of their own.
 */
public final class Mlp implements AutoCloseable {
  private final MlpSpec spec;
  private final Backend backend;
  private final TensorArena arena;
  private final ParameterLayout layout;
  private final Tensor block;
  private final Tensor trained;
  private final Tensor[] weights;
  private final Tensor[] biases;

  private Mlp(MlpSpec spec, Backend backend) {
    this.spec = spec;
    this.backend = backend;
    this.layout = new ParameterLayout(spec);
    this.arena = new TensorArena(backend, "model " + spec);
    int layers = spec.layers().size();
    this.weights = new Tensor[layers];
    this.biases = new Tensor[layers];
    try {
      this.block = arena.allocate("parameters", layout.elements());
    } catch (RuntimeException outOfMemory) {
      arena.close();
      throw outOfMemory;
    }
    this.trained = block.view("trained parameters", 0, layout.trainedElements());
    for (ParameterLayout.Entry entry : layout.entries()) {
      Tensor view = block.view(entry.name(), entry.offset(), entry.shape());
      (entry.isWeight() ? weights : biases)[entry.layer()] = view;
    }
  }

  /**
   * A network with freshly drawn parameters; the same seed draws the same on every device.
   *
   * @throws dev.myelin.OutOfDeviceMemoryException when the parameters do not fit; nothing is taken
   *     then
   */
  public static Mlp create(Backend backend, MlpSpec spec, Initializer initializer, long seed) {
    Mlp mlp = new Mlp(spec, backend);
    try {
      mlp.draw(initializer, seed);
      return mlp;
    } catch (RuntimeException | Error failure) {
      mlp.close();
      throw failure;
    }
  }

  private void draw(Initializer initializer, long seed) {
    float[] values = new float[block.rows()];
    for (int i = 0; i < spec.layers().size(); i++) {
      Layer layer = spec.layers().get(i);
      float[] weight = new float[layer.rows() * layer.inputs()];
      float[] bias = new float[layer.bias() == Layer.Bias.NONE ? 0 : layer.rows()];
      initializer.draw(layer, new Philox(seed, RandomStreams.INITIALIZER + i), weight, bias);
      for (ParameterLayout.Entry entry : layout.entries()) {
        if (entry.layer() == i) {
          float[] drawn = entry.isWeight() ? weight : bias;
          System.arraycopy(drawn, 0, values, entry.offset(), drawn.length);
        }
      }
    }
    backend.upload(values, block);
  }

  /**
   * A network with given parameters.
   *
   * @param stateDict every parameter of the spec once, in any order
   * @throws ShapeMismatchException when one is missing, unknown or of another shape
   */
  public static Mlp of(Backend backend, MlpSpec spec, List<NamedParameter> stateDict) {
    Mlp mlp = new Mlp(spec, backend);
    try {
      mlp.load(stateDict);
      return mlp;
    } catch (RuntimeException | Error failure) {
      mlp.close();
      throw failure;
    }
  }

  /** Replaces all parameters; on an error none is changed. See {@link #of}. */
  public void load(List<NamedParameter> stateDict) {
    float[] values = new float[block.rows()];
    layout
        .byEntry(stateDict)
        .forEach(
            (entry, parameter) ->
                System.arraycopy(parameter.values(), 0, values, entry.offset(), entry.elements()));
    backend.upload(values, block);
  }

  /**
   * All parameters, copied to the host, in the order and with the names of PyTorch's nn.Sequential.
   */
  public List<NamedParameter> stateDict() {
    float[] values = new float[block.rows()];
    backend.download(block, values);
    List<NamedParameter> parameters = new ArrayList<>();
    for (int layer = 0; layer < weights.length; layer++) {
      for (ParameterLayout.Entry entry : layout.entries()) {
        if (entry.layer() == layer) {
          int from = entry.offset();
          float[] copy = Arrays.copyOfRange(values, from, from + entry.elements());
          parameters.add(new NamedParameter(entry.name(), entry.shape().clone(), copy));
        }
      }
    }
    return parameters;
  }

  public MlpSpec spec() {
    return spec;
  }

  public Backend backend() {
    return backend;
  }

  /** A layer's weight, [rows, in]; see {@link Layer#rows}. */
  public Tensor weight(int layer) {
    return weights[layer];
  }

  /** A layer's bias, [rows]; null when it has none. */
  public Tensor bias(int layer) {
    return biases[layer];
  }

  /** The one block of all parameters. */
  Tensor block() {
    return block;
  }

  /** The part of the block that an optimizer moves. */
  Tensor trained() {
    return trained;
  }

  ParameterLayout layout() {
    return layout;
  }

  @Override
  public void close() {
    arena.close();
  }
}
