package dev.myelin.cli.bench;

import dev.myelin.Backend;
import java.util.function.Function;

/**
 * A piece of work that every device can do.
 *
 * @param name of the operation: "matmul", "step"
 * @param shape how large it is, in words
 * @param cost of one operation
 * @param entrant makes a device's contender, which the caller closes
 */
public record Workload(String name, String shape, Cost cost, Function<Backend, Contender> entrant) {

  /** A device's contender; the caller closes it. */
  public Contender open(Backend backend) {
    return entrant.apply(backend);
  }

  /** "matmul, 64 x 64 x 64". */
  public String title() {
    return shape.isEmpty() ? name : name + ", " + shape;
  }
}
