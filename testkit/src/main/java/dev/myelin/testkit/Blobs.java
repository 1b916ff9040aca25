package dev.myelin.testkit;

import dev.myelin.data.Dataset;
import dev.myelin.random.Philox;
import java.util.List;

/** Clouds of points in the plane, one a class. */
final class Blobs {
  private Blobs() {}

  /** Three well separated clouds. */
  static Dataset of(int samples, long seed) {
    return of(samples, seed, 0.4);
  }

  /** Three clouds, 2 from the middle each. */
  static Dataset of(int samples, long seed, double deviation) {
    Philox random = new Philox(seed, 99);
    float[] features = new float[2 * samples];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 3;
      double angle = 2 * Math.PI * labels[i] / 3;
      features[2 * i] = (float) (2 * StrictMath.cos(angle) + deviation * random.nextGaussian());
      features[2 * i + 1] = (float) (2 * StrictMath.sin(angle) + deviation * random.nextGaussian());
    }
    return Dataset.classification("blobs", 2, features, labels, List.of("a", "b", "c"));
  }
}
