package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.Arrays;

/** Signals through a layer of three neurons: X = W I, O = sigmoid(X). */
public final class ThreeLayerNetwork {
  private ThreeLayerNetwork() {}

  public static void main(String[] arguments) {
    float[] weights = {.1f, .7f, .8f, .3f, .6f, .9f, .6f, .5f, .1f};
    try (Backend backend = Backends.best();
        TensorArena arena = new TensorArena(backend, "three layers")) {
      Tensor input = arena.upload("I", new float[] {.5f, .6f, .1f}, 1, 3);
      Tensor w = arena.upload("W", weights, 3, 3);
      Tensor x = arena.allocate("X", 1, 3);
      Tensor o = arena.allocate("O", 1, 3);
      backend.ops().linear(input, w, null, Activation.SIGMOID, x, o);
      float[] host = new float[3];
      backend.download(x, host);
      System.out.println("X = " + Arrays.toString(host));
      backend.download(o, host);
      System.out.println("O = " + Arrays.toString(host));
    }
  }
}
