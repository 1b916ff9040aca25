package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import dev.myelin.Ops;
import dev.myelin.Probe;
import dev.myelin.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfTestTest {
  private static final BackendOptions OPTIONS = BackendOptions.DEFAULT;
  private static final BackendProvider PROVIDER =
      ServiceLoader.load(BackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(provider -> provider.name().equals("cpu"))
          .findFirst()
          .orElseThrow();
  private static final DeviceInfo CPU = PROVIDER.probe().devices().get(0);

  @Test
  void selfTest_ofTheProcessor_findsNothingWrong() {
    try (Backend cpu = Backends.open("cpu")) {
      SelfTest.Outcome outcome = SelfTest.of(cpu);
      assertEquals(0, outcome.failures().size(), outcome.failures().toString());
      // Four products of 67 x 43, six functions of 1001 values, 19 losses, 82 parameters.
      assertEquals(4 * 67 * 43 + 6 * 1001 + 19 + 82, outcome.results());
      assertTrue(outcome.worst() > 0 && outcome.worst() <= 1, "worst " + outcome.worst());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "matmul              | matmul, a no, b no: 2,881 of 2,881 results are wrong; element 0 is",
        "activate            | relu: 1,001 of 1,001 results are wrong",
        "softmaxCrossEntropy | cross-entropy: 19 of 19 results are wrong",
        "adam                | training does not learn: the loss went from "
      })
  void selfTest_ofADeviceThatLeavesOneOperationOut_saysWhichResultsAreWrong(
      String operation, String message) {
    try (Backend faulty = new Backends.Selection(without(operation), CPU, "").open(OPTIONS)) {
      SelfTest.Outcome outcome = SelfTest.of(faulty);
      assertTrue(
          outcome.failures().stream().anyMatch(each -> each.startsWith(message)),
          outcome.failures().toString());
    }
  }

  /** The processor, but an operation of that name fills its outputs with NaN, or does nothing. */
  private static BackendProvider without(String operation) {
    return new BackendProvider() {
      @Override
      public String name() {
        return PROVIDER.name();
      }

      @Override
      public Probe probe() {
        return PROVIDER.probe();
      }

      @Override
      public Backend open(DeviceInfo device, BackendOptions options) {
        return without(operation, PROVIDER.open(device, options));
      }
    };
  }

  private static Backend without(String operation, Backend backend) {
    Ops faulty =
        (Ops)
            Proxy.newProxyInstance(
                Ops.class.getClassLoader(),
                new Class<?>[] {Ops.class},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals(operation)) {
                    return call(backend.ops(), method, arguments);
                  }
                  if (!operation.equals("adam")) {
                    int outputs = operation.equals("softmaxCrossEntropy") ? 2 : 1;
                    for (int i = 1; i <= outputs; i++) {
                      Tensor output = (Tensor) arguments[arguments.length - i];
                      backend.ops().fill(Float.NaN, output);
                    }
                  }
                  return null;
                });
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) ->
                method.getName().equals("ops") ? faulty : call(backend, method, arguments));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }
}
