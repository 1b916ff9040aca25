package dev.myelin.examples;

import static dev.myelin.examples.Printed.assertPrints;

import org.junit.jupiter.api.Test;

/**
 * Runs the examples of the README's table "Worked examples" and compares what they print with the
 * numbers of an independent computation in float64.
 */
class WorkedExamplesTest {
  @Test
  void stepByStepTwoOutputs_printsTheNumbers() {
    assertPrints(
        """
        o = [0.751365, 0.772928]
        E = 0.298371
        W2 = [0.358916, 0.408666, 0.511301, 0.561370]
        W1 = [0.149781, 0.199561, 0.249751, 0.299502]
        o = [0.01591, 0.98406]
        """,
        StepByStepTwoOutputs::main);
  }
}
