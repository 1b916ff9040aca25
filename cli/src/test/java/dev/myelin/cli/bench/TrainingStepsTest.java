package dev.myelin.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.TrainingOptions;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class TrainingStepsTest {
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(1);
  private static final Net NET = Net.of(Activation.RELU, 4, 7, 5, 3);

  private static void soon(Runnable work) {
    Assertions.assertTimeoutPreemptively(LONG_ENOUGH, work::run);
  }

  @Test
  void steps_goOnAcrossEpochs_andMemoryIsGivenBack() {
    soon(
        () -> {
          try (Backend backend = Backends.open("cpu")) {
            try (Contender steps = NET.workload().open(backend)) {
              steps.run(1);
              steps.run(63);
              steps.run(1000);
              assertTrue(backend.memory().usedBytes() > 0);
              assertEquals("cpu", steps.name());
            }
            assertEquals(0, backend.memory().usedBytes());
          }
        });
  }

  @Test
  void close_withoutAStep_orTwice_isHarmless() {
    soon(
        () -> {
          try (Backend backend = Backends.open("cpu")) {
            Contender steps = NET.workload().open(backend);
            steps.close();
            steps.close();
            assertEquals(0, backend.memory().usedBytes());
          }
        });
  }

  @Test
  void trainerThatFails_isTheCallersFailure() {
    soon(
        () -> {
          TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy());
          try (Backend backend = Backends.open("cpu");
              Contender steps =
                  new TrainingSteps(
                      backend, MlpSpec.of(Activation.RELU, 8, 3), options, NET.data())) {
            IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> steps.run(1));
            assertTrue(refused.getMessage().contains("7"), refused.getMessage());
          }
        });
  }

  @Test
  void memoryThatDoesNotSuffice_isTheCallersFailure() {
    soon(
        () -> {
          BackendOptions little = BackendOptions.DEFAULT.withMemoryBudgetBytes(1000);
          try (Backend backend = Backends.open("cpu", little);
              Contender steps = NET.workload().open(backend)) {
            assertThrows(OutOfDeviceMemoryException.class, () -> steps.run(1));
          }
        });
  }
}
