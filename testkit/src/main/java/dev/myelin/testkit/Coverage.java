package dev.myelin.testkit;

import dev.myelin.Ops;
import dev.myelin.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Which operations have a case: one in which a tensor that the operation wrote was compared with
 * what it should be. A call alone proves nothing.
 */
final class Coverage {
  private final Set<String> compared = new TreeSet<>();

  void add(Set<String> operations) {
    compared.addAll(operations);
  }

  /** The operations without a case. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    for (Method method : Ops.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers()) && !compared.contains(method.getName())) {
        missing.add(method.getName());
      }
    }
    return missing;
  }

  /** The same operations; {@code onWrite} is told of each call's name and outputs. */
  static Ops observing(Ops target, BiConsumer<String, Tensor> onWrite) {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            (proxy, method, arguments) -> {
              for (int position : OpCatalog.outputPositions(method.getName())) {
                if (arguments[position] instanceof Tensor output) {
                  onWrite.accept(method.getName(), output);
                }
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
