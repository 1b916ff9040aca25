package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite finds planted bugs, each in the topic where it belongs and at reduced effort. */
class MutationTest {
  /** The suite on a backend with one bug, run by hand. */
  private static final class Mutant extends BackendConformance {
    private final Mutation mutation;

    Mutant(Mutation mutation) {
      this.mutation = mutation;
    }

    @Override
    protected String device() {
      return PlainProvider.device(mutation);
    }

    @Override
    protected Effort effort() {
      return Effort.REDUCED;
    }
  }

  @ParameterizedTest
  @EnumSource
  void suite_onABackendWithABug_fails(Mutation mutation) {
    Mutant mutant = new Mutant(mutation);
    mutant.openDevice();
    List<String> failures = failures(cases(mutant, mutation.topic()));
    mutant.closeDevice();
    assertFalse(failures.isEmpty(), "no case of " + mutation.topic() + " finds it");
  }

  private static Stream<DynamicTest> cases(BackendConformance suite, String topic) {
    return switch (topic) {
      case "activations" -> suite.activations();
      case "arguments" -> suite.arguments();
      case "capture" -> suite.capture();
      case "determinism" -> suite.determinism();
      case "dropout" -> suite.dropout();
      case "elementwise" -> suite.elementwise();
      case "gathers" -> suite.gathers();
      case "goldenValues" -> suite.goldenValues();
      case "layers" -> suite.layers();
      case "lifetimes" -> suite.lifetimes();
      case "losses" -> suite.losses();
      case "matmul" -> suite.matmul();
      case "memory" -> suite.memory();
      case "networks" -> suite.networks();
      case "optimizers" -> suite.optimizers();
      case "reductions" -> suite.reductions();
      case "transfers" -> suite.transfers();
      default -> throw new IllegalArgumentException("the suite has no topic " + topic);
    };
  }

  private static List<String> failures(Stream<DynamicTest> cases) {
    return cases.map(MutationTest::failure).filter(message -> !message.isEmpty()).toList();
  }

  /** Why the case fails; empty when it passes. */
  private static String failure(DynamicTest test) {
    try {
      test.getExecutable().execute();
      return "";
    } catch (AssertionError found) {
      return found.getMessage();
    } catch (Throwable unexpected) {
      throw new IllegalStateException(test.getDisplayName(), unexpected);
    }
  }
}
