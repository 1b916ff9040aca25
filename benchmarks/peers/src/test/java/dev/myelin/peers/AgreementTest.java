package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final Workload TRAINING = Workload.of("train s");

  private static Agreement of(double[] first, double[] second) {
    Agreement agreement = new Agreement(TRAINING);
    agreement.add("ours", first);
    agreement.add("theirs", second);
    return agreement;
  }

  @Test
  void require_lossesWithinTheBound_isSatisfied() {
    assertDoesNotThrow(of(new double[] {2, 1}, new double[] {2.003, 0.997})::require);
  }

  @Test
  void require_anotherLoss_namesWhoAndByHowMuch() {
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class, of(new double[] {2, 1}, new double[] {2, 1.25})::require);
    assertEquals(
        "train s: ours and theirs do not agree: they differ by 0.250 where 0.00400 is allowed;"
            + " [2.0, 1.0] and [2.0, 1.25]",
        refused.getMessage());
  }

  @Test
  void require_notANumberOrAnotherCount_throws() {
    double[] losses = {2, 1};
    assertThrows(IllegalStateException.class, of(losses, new double[] {Double.NaN, 1})::require);
    assertThrows(IllegalStateException.class, of(losses, new double[] {2})::require);
  }
}
