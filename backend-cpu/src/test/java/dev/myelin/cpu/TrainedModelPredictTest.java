package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.ShapeMismatchException;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.Standardizer;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Predictions of networks whose outputs can be had by hand. */
class TrainedModelPredictTest {
  private final Backend backend = Backends.open("cpu");

  @AfterEach
  void close() {
    backend.close();
  }

  /** One layer without bias, [outputs, 2]. */
  private TrainedModel model(Loss loss, boolean isClassification, float... weight) {
    int outputs = weight.length / 2;
    MlpSpec spec =
        MlpSpec.of(Activation.IDENTITY, Activation.IDENTITY, Layer.Bias.NONE, 0, 2, outputs);
    List<NamedParameter> parameters =
        List.of(new NamedParameter("0.weight", new int[] {outputs, 2}, weight));
    return new TrainedModel(
        spec,
        parameters,
        loss,
        isClassification ? List.of("no", "yes") : List.of(),
        isClassification ? List.of() : List.of("price"),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void classes_getProbabilities() {
    TrainedModel model = model(Loss.crossEntropy(), true, 0, 0, 1, 0);
    float[][] predictions =
        model.predict(backend, new float[][] {{0, 7}, {(float) Math.log(3), 0}});
    assertArrayEquals(new float[] {0.5f, 0.5f}, predictions[0]);
    assertArrayEquals(new float[] {0.25f, 0.75f}, predictions[1], 1e-6f);
  }

  @Test
  void oneLogit_givesBothProbabilities() {
    TrainedModel model = model(Loss.binaryCrossEntropy(), true, 1, 0);
    float[] prediction = model.predict(backend, new float[][] {{(float) Math.log(3), 0}})[0];
    assertArrayEquals(new float[] {0.25f, 0.75f}, prediction, 1e-6f);
  }

  @Test
  void numbers_areInTheUnitOfTheData() {
    TrainedModel model =
        model(Loss.of("mse"), false, 1, 1)
            .withStandardizers(
                Optional.of(new Standardizer(new double[] {10, 20}, new double[] {2, 4})),
                Optional.of(new Standardizer(new double[] {1000}, new double[] {50})));
    // (12 - 10) / 2 + (16 - 20) / 4 = 0; (14 - 10) / 2 + (20 - 20) / 4 = 2.
    float[][] predictions = model.predict(backend, new float[][] {{12, 16}, {14, 20}});
    assertArrayEquals(new float[] {1000}, predictions[0]);
    assertArrayEquals(new float[] {1100}, predictions[1]);
  }

  @Test
  void noSamples_giveNoPredictions_andManyMoreThanABatchGiveAll() {
    TrainedModel model = model(Loss.of("mse"), false, 1, 0);
    assertEquals(0, model.predict(backend, new float[0][]).length);
    float[][] samples = new float[2501][2];
    samples[2500][0] = 3;
    assertEquals(3, model.predict(backend, samples)[2500][0]);
    assertEquals(0, model.predict(backend, samples)[0][0]);
  }

  @Test
  void nan_staysInItsSample() {
    TrainedModel model = model(Loss.crossEntropy(), true, 0, 0, 1, 0);
    float[][] predictions = model.predict(backend, new float[][] {{Float.NaN, 0}, {0, 0}});
    assertTrue(Float.isNaN(predictions[0][0]) && Float.isNaN(predictions[0][1]));
    assertEquals(0.5f, predictions[1][0]);
  }

  @Test
  void sample_thatIsTooShort_isRefusedByItsNumber() {
    TrainedModel model = model(Loss.of("mse"), false, 1, 0);
    assertEquals(
        "sample 1 (counted from 0) has 1 features, but network 2-1 takes 2",
        assertThrows(
                ShapeMismatchException.class,
                () -> model.predict(backend, new float[][] {{1, 2}, {1}}))
            .getMessage());
  }

  @Test
  void of_takesTheNamesOfTheData() {
    try (Mlp network = model(Loss.crossEntropy(), true, 1, 2, 3, 4).on(backend)) {
      TrainedModel model =
          TrainedModel.of(network, Loss.crossEntropy(), GeneratedData.moons(10, 1));
      assertEquals(List.of("upper", "lower"), model.classNames());
      assertEquals(List.of("x", "y"), model.featureNames());
      assertArrayEquals(new float[] {1, 2, 3, 4}, model.parameters().get(0).values());
    }
  }
}
