package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The argument cases find gaps planted into the checks, each in the case where it belongs. */
class ArgumentMutationTest {
  /**
   * What an operation accepts although it should not.
   *
   * @param position of the argument that is wrong
   * @param shape of that argument, or null when the argument itself is null
   */
  private record Gap(String operation, int position, List<Integer> shape) {
    static Gap shape(String operation, int position, Integer... shape) {
      return new Gap(operation, position, List.of(shape));
    }

    static Gap missing(String operation, int position) {
      return new Gap(operation, position, null);
    }

    /** How the names end of the cases that must fail. */
    String foundBy() {
      return shape == null ? "refuses null, unless it may be null" : "refuses wrong shapes";
    }

    private boolean lets(String name, Object[] arguments) {
      if (!name.equals(operation)) {
        return false;
      }
      Object argument = arguments[position];
      return shape == null
          ? argument == null
          : argument instanceof Tensor tensor
              && Arrays.stream(tensor.shape()).boxed().toList().equals(shape);
    }

    /** These operations, which do nothing where they should refuse what the gap lets through. */
    Ops plantedInto(Ops checked) {
      return (Ops)
          Proxy.newProxyInstance(
              Ops.class.getClassLoader(),
              new Class<?>[] {Ops.class},
              (proxy, method, arguments) -> {
                try {
                  return method.invoke(checked, arguments);
                } catch (InvocationTargetException refusal) {
                  if (lets(method.getName(), arguments)) {
                    return null;
                  }
                  throw refusal.getCause();
                }
              });
    }
  }

  static Stream<Gap> gaps() {
    return Stream.of(
        Gap.shape("copy", 1, 5),
        Gap.shape("add", 1, 3),
        Gap.shape("addBias", 1, 2, 1),
        Gap.shape("activationGradient", 1, 3),
        Gap.shape("activationGradient", 4, 5),
        Gap.shape("dropout", 4, 2),
        Gap.shape("matmul", 2, 2, 6),
        Gap.shape("matmul", 0, 4, 3),
        Gap.shape("matmul", 0, 3, 4),
        Gap.shape("sumRows", 2, 1),
        Gap.shape("sum", 2, 0),
        Gap.shape("softmax", 1, 6),
        Gap.shape("argmaxRows", 1, 4),
        Gap.shape("gatherRows", 0, 5, 1),
        Gap.shape("selectRow", 2, 2, 1),
        Gap.shape("softmaxCrossEntropy", 1, 3, 1),
        Gap.shape("softmaxCrossEntropy", 5, 4, 2),
        Gap.shape("elementLoss", 2, 4, 2),
        Gap.shape("elementLoss", 2, 2, 2),
        Gap.shape("elementLoss", 4, 4),
        Gap.shape("sgd", 4, 5),
        Gap.shape("adagrad", 2, 2),
        Gap.shape("adam", 8, 3),
        Gap.shape("linear", 4, 6),
        Gap.shape("linearInputGradient", 4, 15),
        Gap.shape("linearParameterGradients", 0, 4, 5),
        Gap.missing("sum", 1),
        Gap.missing("elementLoss", 0),
        Gap.missing("linear", 3),
        Gap.missing("linearParameterGradients", 2));
  }

  @ParameterizedTest
  @MethodSource("gaps")
  void argumentCases_onChecksWithAGap_fail(Gap gap) {
    try (Suite suite = suite()) {
      List<String> failed =
          ArgumentCases.of(suite, gap.plantedInto(suite.ops()))
              .filter(test -> test.getDisplayName().startsWith(gap.operation))
              .filter(ArgumentMutationTest::fails)
              .map(DynamicTest::getDisplayName)
              .toList();
      assertFalse(failed.isEmpty(), "no case finds it");
      assertTrue(failed.stream().allMatch(name -> name.endsWith(gap.foundBy())), failed.toString());
    }
  }

  private static Suite suite() {
    return new Suite(
        options -> Backends.open("plain", options), BackendOptions.DEFAULT, Effort.REDUCED, false);
  }

  private static boolean fails(DynamicTest test) {
    try {
      test.getExecutable().execute();
      return false;
    } catch (AssertionError found) {
      return true;
    } catch (Throwable unexpected) {
      throw new IllegalStateException(test.getDisplayName(), unexpected);
    }
  }
}
