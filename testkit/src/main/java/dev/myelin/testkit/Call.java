package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A valid call of an operation.
 *
 * @param title what tells it from other calls of the same operation
 * @param operation the method's name
 * @param outputs the tensors that it writes
 * @param inPlace the pairs "input output" that may be the same tensor
 * @param optional the tensors that may be null
 * @param arguments slots, and other arguments as they are
 */
record Call(
    String title,
    String operation,
    Set<String> outputs,
    Set<String> inPlace,
    Set<String> optional,
    List<Object> arguments) {

  /** A tensor that a call does not need. */
  static final Object NULL = new Object();

  static Call of(String operation, Set<String> outputs, Object... arguments) {
    return new Call(operation, operation, outputs, Set.of(), Set.of(), List.of(arguments));
  }

  Call titled(String newTitle) {
    return new Call(newTitle, operation, outputs, inPlace, optional, arguments);
  }

  Call allowing(String... pairs) {
    return new Call(title, operation, outputs, Set.of(pairs), optional, arguments);
  }

  Call optionally(String... names) {
    return new Call(title, operation, outputs, inPlace, Set.of(names), arguments);
  }

  List<Slot> slots() {
    return arguments.stream().filter(Slot.class::isInstance).map(Slot.class::cast).toList();
  }

  /** Where an argument is a choice that must be made: a transposition, a mode, a function. */
  List<Integer> choices() {
    return IntStream.range(0, arguments.size())
        .filter(i -> isChoice(arguments.get(i)))
        .boxed()
        .toList();
  }

  private static boolean isChoice(Object argument) {
    return argument instanceof Enum
        || argument instanceof Activation
        || argument instanceof ElementLoss;
  }

  /** The same call with null for one argument. */
  Call without(int position) {
    Object[] changed = arguments.toArray();
    changed[position] = NULL;
    return new Call(title, operation, outputs, inPlace, optional, List.of(changed));
  }

  /** Calls the operation with these tensors. */
  void run(Ops ops, Function<Slot, Tensor> tensors) {
    Object[] values =
        arguments.stream()
            .map(a -> a == NULL ? null : a instanceof Slot slot ? tensors.apply(slot) : a)
            .toArray();
    try {
      method().invoke(ops, values);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(thrown.getCause());
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Method method() {
    return Arrays.stream(Ops.class.getMethods())
        .filter(candidate -> candidate.getName().equals(operation))
        .findFirst()
        .orElseThrow();
  }
}
