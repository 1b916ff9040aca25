package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests that train on a device, which is opened for each of them. */
abstract class TrainingRuns {
  private Backend backend;

  /** The device under test, as {@link Backends#open(String)} takes it. */
  protected abstract String device();

  @BeforeEach
  void openDevice() {
    backend = TestDevices.open(device(), BackendOptions.DEFAULT);
  }

  @AfterEach
  void closeDevice() {
    // It is null when the test was skipped for lack of its device.
    if (backend != null) {
      backend.close();
    }
  }

  final Backend backend() {
    return backend;
  }

  /** Trains without validation. */
  static TrainingResult fit(Mlp mlp, TrainingOptions options, Dataset data) {
    return new Trainer(options).fit(mlp, data, null, TrainingListener.NONE);
  }

  static NamedParameter weight(int module, int inputs, float... values) {
    int[] shape = {values.length / inputs, inputs};
    return new NamedParameter(module + ".weight", shape, values);
  }

  static NamedParameter bias(int module, float... values) {
    return new NamedParameter(module + ".bias", new int[] {values.length}, values);
  }

  static void assertClose(double[] expected, NamedParameter actual, double tolerance) {
    assertEquals(expected.length, actual.values().length, actual.name());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.values()[i], tolerance, actual.name() + "[" + i + "]");
    }
  }

  /** Worked example A: document 001's 2-2-2 network, whose biases stay as they are. */
  final Mlp exampleA() {
    MlpSpec spec = MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.FIXED, 0, 2, 2, 2);
    List<NamedParameter> parameters =
        List.of(
            weight(0, 2, .15f, .20f, .25f, .30f),
            bias(0, .35f, .35f),
            weight(2, 2, .40f, .45f, .50f, .55f),
            bias(2, .60f, .60f));
    return Mlp.of(backend, spec, parameters);
  }

  static Dataset exampleAData() {
    float[] x = {.05f, .10f};
    return Dataset.regression("A", 2, x, new float[] {.01f, .99f}, List.of("o1", "o2"));
  }

  /** Worked example B: document 002's 2-2-1 network. */
  final Mlp exampleB() {
    MlpSpec spec =
        MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, 2, 2, 1);
    List<NamedParameter> parameters =
        List.of(
            weight(0, 2, .1f, .2f, .3f, .4f),
            bias(0, .1f, .2f),
            weight(2, 2, .5f, .6f),
            bias(2, .3f));
    return Mlp.of(backend, spec, parameters);
  }
}
