package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.Arrays;

/**
 * A quick start: a layer of a library that keeps its numbers on the heap, computed by a device. The
 * README shows the part from "try" on.
 */
public final class UnderALibrary {
  private UnderALibrary() {}

  /** Prints the layer's outputs for two batches. */
  public static void main(String[] arguments) {
    float[] weights = {1, 0, 1, 0, 1, -1};
    float[] biases = {0.5f, -0.5f};
    float[][] batches = {{1, 2, 3, 4, 5, 6}, {0, 1, -2, 3, 0, 1}};
    float[] output = new float[4];
    try (Backend backend = Backends.best();
        TensorArena arena = new TensorArena(backend, "layer")) {
      Tensor w = arena.upload("w", weights, 2, 3); // [out, in]: travels once, stays there
      Tensor b = arena.upload("b", biases, 2);
      Tensor x = arena.allocate("x", 2, 3); // of the batch; written anew each time
      Tensor y = arena.allocate("y", 2, 2);
      for (float[] batch : batches) {
        backend.upload(batch, x);
        backend.ops().linear(x, w, b, Activation.RELU, null, y); // y = relu(x w^T + b)
        backend.download(y, output);
        System.out.println(Arrays.toString(output));
      }
    }
  }
}
