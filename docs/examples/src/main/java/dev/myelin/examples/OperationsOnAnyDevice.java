package dev.myelin.examples;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.Arrays;

/** A quick start: operations on whichever device is there. The README shows the body. */
public final class OperationsOnAnyDevice {
  private OperationsOnAnyDevice() {}

  /** Prints three products. */
  public static void main(String[] arguments) {
    try (Backend backend = Backends.best();
        TensorArena arena = new TensorArena(backend, "constants")) {
      Tensor w = arena.upload("w", new float[] {1, 0, 0, 1, 1, -1}, 3, 2);
      Tensor bias = arena.upload("bias", new float[] {0.5f, -0.5f}, 2);
      for (int i = 0; i < 3; i++) {
        try (TensorArena step = new TensorArena(backend, "step " + i)) {
          Tensor x = step.upload("x", new float[] {i, 2, 3, 4, 5, 6}, 2, 3);
          Tensor y = x.matmul(w).add(bias).relu();
          System.out.println(y + " " + Arrays.toString(y.toFloats()));
        } // frees x, y and what was computed on the way; w and bias stay
      }
    }
  }
}
