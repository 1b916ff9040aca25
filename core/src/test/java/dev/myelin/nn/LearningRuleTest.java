package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRuleTest {
  @ParameterizedTest
  @EnumSource
  void rule_readsWhatItWrites(LearningRule rule) {
    assertEquals(rule, LearningRule.of(rule.text()));
    assertEquals(rule, LearningRule.of(rule.text().replace('-', '_')));
  }

  @Test
  void unknownRule_isRefusedWithWhatThereIs() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> LearningRule.of("hebb")).getMessage();
    assertEquals("unknown rule 'hebb'; there are gradient, backward-errors, perceptron", message);
  }

  @Test
  void mistakes_areReadOffTheLoss_byWhatLiesBetweenTheOutputs() {
    // 3 mistakes of 7 samples: (1 - 0)^2 / 2 each of step units, (1 - -1)^2 / 2 of sign units.
    assertEquals(3, LearningRule.mistakes(report(3 * 0.5 / 7), spec(Activation.STEP)));
    assertEquals(3, LearningRule.mistakes(report(3 * 2.0 / 7), spec(Activation.SIGN)));
  }

  @Test
  void onlyThePerceptron_isEverLearnt() {
    assertTrue(LearningRule.PERCEPTRON.isLearnt(report(0)));
    assertFalse(LearningRule.PERCEPTRON.isLearnt(report(0.1)));
    assertFalse(LearningRule.GRADIENT.isLearnt(report(0)));
  }

  @Test
  void maxoutLayer_hasTheRowsOfAllItsPieces() {
    MlpSpec network = MlpSpec.of(Activation.maxout(3), 2, 8, 2);
    assertEquals(24, network.layers().get(0).rows());
    assertEquals(2 * 24 + 24 + 8 * 2 + 2, network.parameters());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Layer(1, 1 << 30, Activation.maxout(2), Layer.Bias.NONE, 0));
  }

  private static MlpSpec spec(Activation unit) {
    return MlpSpec.of(unit, unit, Layer.Bias.TRAINED, 0, 2, 1);
  }

  private static EpochReport report(double loss) {
    return new EpochReport(1, loss, Double.NaN, null, 1, 7, 1);
  }
}
