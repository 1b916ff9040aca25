package dev.myelin.peers;

import dev.myelin.Activation;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The networks whose training steps are compared, with the data that they are trained on and the
 * parameters they begin with: the same for everybody.
 */
enum Net {
  S("784-128-10", "relu", 64, 8192),
  M("784-512-256-10", "relu", 128, 4096),
  L("1024-2048-2048-10", "relu", 512, 2048),
  LISTING("1000-100-10", "sigmoid", 64, 8192);

  static final float LEARNING_RATE = 1e-3f;
  static final long SEED = 7;

  private static final int CLASSES = 10;

  /** Streams of {@link #SEED}, apart from those of core's own that {@link #order} draws from. */
  private static final long CENTRES = 1;

  private static final long SAMPLES = 2;
  private static final long PARAMETERS = 1000;

  /** Core's stream of the first epoch's order is the one after. */
  private static final long SHUFFLE = 2L << 32;

  private final String layerText;
  private final String activation;
  private final int batch;
  private final int samples;

  Net(String layerText, String activation, int batch, int samples) {
    this.layerText = layerText;
    this.activation = activation;
    this.batch = batch;
    this.samples = samples;
  }

  int batch() {
    return batch;
  }

  int samples() {
    return samples;
  }

  int stepsPerEpoch() {
    return samples / batch;
  }

  MlpSpec spec() {
    return MlpSpec.of(activation(), sizes());
  }

  int[] sizes() {
    return Arrays.stream(layerText.split("-", -1)).mapToInt(Integer::parseInt).toArray();
  }

  int layers() {
    return sizes().length - 1;
  }

  /** Of the hidden layers. */
  Activation activation() {
    return Activation.of(activation);
  }

  /** "784-128-10". */
  String layerText() {
    return layerText;
  }

  /** Sample i belongs to class i mod 10. */
  int[] labels() {
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % CLASSES;
    }
    return labels;
  }

  /** [samples, inputs]: uniform noise around a centre for each class, so that losses fall. */
  float[] features() {
    int inputs = sizes()[0];
    float[] centres = uniform(CENTRES, CLASSES * inputs, 0.1f);
    float[] features = uniform(SAMPLES, samples * inputs, 1);
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < inputs; j++) {
        features[i * inputs + j] += centres[i % CLASSES * inputs + j];
      }
    }
    return features;
  }

  /**
   * Weights uniform in +-1 / sqrt(inputs) and biases of 0, under PyTorch's names, layer by layer.
   */
  List<NamedParameter> parameters() {
    List<NamedParameter> parameters = new ArrayList<>();
    int[] sizes = sizes();
    for (int i = 0; i + 1 < sizes.length; i++) {
      int inputs = sizes[i];
      int outputs = sizes[i + 1];
      float bound = (float) (1 / StrictMath.sqrt(inputs));
      float[] weight = uniform(PARAMETERS + i, outputs * inputs, bound);
      // Every second module is an activation.
      String module = String.valueOf(2 * i);
      parameters.add(new NamedParameter(module + ".weight", new int[] {outputs, inputs}, weight));
      parameters.add(new NamedParameter(module + ".bias", new int[] {outputs}, new float[outputs]));
    }
    return parameters;
  }

  /**
   * The order of an epoch's samples, as Myelin's trainer draws it from the same seed.
   *
   * @param epoch from 1
   */
  int[] order(int epoch) {
    return new Philox(SEED, SHUFFLE + epoch).permutation(samples);
  }

  /** Uniformly distributed in [-bound, bound). */
  private static float[] uniform(long stream, int count, float bound) {
    Philox random = new Philox(SEED, stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bound * (random.nextInt() * 0x1p-31f);
    }
    return values;
  }
}
