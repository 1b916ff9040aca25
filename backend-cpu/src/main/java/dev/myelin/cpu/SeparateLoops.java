package dev.myelin.cpu;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds loops that must be compiled by themselves.
 *
 * <p>HotSpot's C2 stops inlining when a compilation has grown to some 18000 nodes
 * (NodeCountInliningCutoff), and an activation function on vectors takes up to half of that. Where
 * it stops, the vectors at that call become objects, and the loop ten times slower. A caller into
 * which two such loops are inlined is therefore a trap that springs in programs with two activation
 * functions. Calls through a method handle that is not a constant, such as an element of an array,
 * are the ones that C2 never inlines; one costs nanoseconds.
 */
final class SeparateLoops {
  private SeparateLoops() {}

  /**
   * One handle for each function: LEAKY_RELU's loop is the static method leakyRelu.
   *
   * @param lookup of the class that has the loops
   */
  static <F extends Enum<F>> Map<F, MethodHandle> find(
      MethodHandles.Lookup lookup, Set<F> functions, MethodType type) {
    Map<F, MethodHandle> loops = new HashMap<>();
    for (F function : functions) {
      loops.put(function, find(lookup, camelCase(function.name()), type)[0]);
    }
    return loops;
  }

  /** An array of one handle. */
  static MethodHandle[] find(MethodHandles.Lookup lookup, String method, MethodType type) {
    try {
      return new MethodHandle[] {lookup.findStatic(lookup.lookupClass(), method, type)};
    } catch (ReflectiveOperationException missing) {
      throw new LinkageError(lookup.lookupClass() + " has no loop " + method + type, missing);
    }
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.split("_", -1)) {
      String lower = word.toLowerCase(Locale.ROOT);
      name.append(name.isEmpty() ? lower : word.charAt(0) + lower.substring(1));
    }
    return name.toString();
  }

  /** For what a loop threw: loops declare no checked exceptions. */
  static RuntimeException rethrow(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    throw new AssertionError(thrown);
  }
}
