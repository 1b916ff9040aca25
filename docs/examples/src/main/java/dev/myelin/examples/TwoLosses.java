package dev.myelin.examples;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.ElementLoss;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.Arrays;

/** Mean squared error, with the 1/2, and cross-entropy of one sample each, with their gradients. */
public final class TwoLosses {
  private TwoLosses() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best();
        TensorArena arena = new TensorArena(backend, "losses")) {
      Tensor output = arena.upload("output", new float[] {0.75136507f, 0.7729285f}, 1, 2);
      Tensor target = arena.upload("target", new float[] {0.01f, 0.99f}, 1, 2);
      Tensor label = arena.upload("label", new int[] {1}, 1);
      Tensor loss = arena.allocate("loss", 1);
      Tensor gradient = arena.allocate("gradient", 1, 2);
      // The squared error has no 1/2: its gradient 2 (o - t) is scaled by it, its loss below.
      backend.ops().elementLoss(ElementLoss.SQUARED_ERROR, output, target, 0.5f, loss, gradient);
      System.out.println("E = " + read(backend, loss)[0] / 2);
      System.out.println("dE/do = " + Arrays.toString(read(backend, gradient)));
      backend.ops().softmaxCrossEntropy(output, label, 0, 1, loss, gradient);
      System.out.println("cross-entropy = " + read(backend, loss)[0]);
      System.out.println("gradient = " + Arrays.toString(read(backend, gradient)));
    }
  }

  private static float[] read(Backend backend, Tensor tensor) {
    float[] values = new float[(int) tensor.elements()];
    backend.download(tensor, values);
    return values;
  }
}
