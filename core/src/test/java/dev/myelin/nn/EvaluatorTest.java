package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Activation;
import dev.myelin.StandInBackend;
import dev.myelin.data.Dataset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluatorTest {
  /** With it on, each arena that is opened asks the device for its name. */
  private static final String LEAKS = "myelin.leaks";

  private final StandInBackend device = new StandInBackend();

  @BeforeEach
  void switchOn() {
    System.setProperty(LEAKS, "true");
  }

  @AfterEach
  void switchOff() {
    System.clearProperty(LEAKS);
  }

  private long logged(String what) {
    return device.log().stream().filter(line -> line.startsWith(what)).count();
  }

  /** The arenas are those of the data, of their order, and the evaluator's own. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 2", "3, 3"})
  void anArenaThatCannotBeOpened_givesBackWhatWasAllocatedBefore(int failing, int allocated) {
    Dataset data = Dataset.regression("line", 1, new float[4], new float[4], List.of("y"));
    MlpSpec spec = MlpSpec.of(Activation.RELU, 1, 1);
    Loss loss = Loss.meanSquaredError(Loss.Reduction.SUM);
    try (Mlp mlp = Mlp.create(device.checked(), spec, Initializer.HE, 1)) {
      device.clearLog();
      IllegalStateException refusal = new IllegalStateException("refused");
      int[] opened = {0};
      device.whenNamed =
          () -> {
            if (++opened[0] == failing) {
              throw refusal;
            }
          };
      assertSame(
          refusal,
          assertThrows(IllegalStateException.class, () -> new Evaluator(mlp, data, loss, 2)));
      assertEquals(allocated, logged("allocate"));
      assertEquals(allocated, logged("free"));
    }
  }
}
