package dev.myelin.data;

import dev.myelin.random.Philox;
import java.util.List;

/**
 * Data sets made on the spot, as large as wanted, the same on every machine.
 *
 * <p>Sample i is a pure function of (seed, i): a larger set begins with the smaller one. Classes
 * take turns, sample i belongs to class i mod classes, so they are balanced to within one sample.
 */
public final class GeneratedData {
  private record Recipe(String name, int defaultSamples, Generator generator) {}

  private interface Generator {
    Dataset generate(int samples, long seed);
  }

  private interface Point {
    /** Overwrites (x, y) with a sample of that class. */
    void place(int label, Philox random, double[] at);
  }

  private static final List<Recipe> RECIPES =
      List.of(
          new Recipe("digits", 60_000, GeneratedData::digits),
          new Recipe("spirals", 3_000, GeneratedData::spirals),
          new Recipe("moons", 1_000, GeneratedData::moons),
          new Recipe("rings", 1_000, GeneratedData::rings),
          new Recipe("sine", 1_000, GeneratedData::sine));

  /** High words of the samples' streams; the low word is the sample's index. */
  private static final long SPIRALS_STREAM = 0x53504952L << 32;

  private static final long MOONS_STREAM = 0x4D4F4F4EL << 32;
  private static final long RINGS_STREAM = 0x52494E47L << 32;
  private static final long SINE_STREAM = 0x53494E45L << 32;

  private GeneratedData() {}

  /** What {@link #byName} knows. */
  public static List<String> names() {
    return RECIPES.stream().map(Recipe::name).toList();
  }

  /**
   * As many samples as a model needs that is to learn the set well.
   *
   * @throws InvalidDataException if no set is called so; names those that there are
   */
  public static int defaultSamples(String name) {
    return recipe(name).defaultSamples();
  }

  /**
   * The set of that name.
   *
   * @param samples at least 1
   * @throws InvalidDataException if no set is called so (names those that there are), or it cannot
   *     have that many samples
   */
  public static Dataset byName(String name, int samples, long seed) {
    return recipe(name).generator().generate(samples, seed);
  }

  private static Recipe recipe(String name) {
    for (Recipe recipe : RECIPES) {
      if (recipe.name().equals(name)) {
        return recipe;
      }
    }
    throw new InvalidDataException(
        "no generated data set is called '%s'; there are %s"
            .formatted(name, String.join(", ", names())));
  }

  /**
   * Handwritten digits of our own drawing: images of 28 x 28 pixels in [0, 1], ink is 1; ten
   * classes. About as hard as MNIST: a network of 784-128-10 trained on 20,000 of them reads some
   * 98% of unseen ones.
   */
  public static Dataset digits(int samples, long seed) {
    requireSamples("digits", samples);
    return GeneratedDigits.generate(samples, seed);
  }

  /**
   * Three arms that wind around the origin by 4.5 radians while their radius grows from 0.1 to 1;
   * the angle is off by a normal error of standard deviation 0.15, a seventh of the way to the
   * border between two arms.
   */
  public static Dataset spirals(int samples, long seed) {
    return plane(
        "spirals",
        List.of("first", "second", "third"),
        samples,
        seed,
        SPIRALS_STREAM,
        (label, random, at) -> {
          double along = random.nextDouble();
          double angle = 2 * Math.PI / 3 * label + 4.5 * along + 0.15 * random.nextGaussian();
          double radius = 0.1 + 0.9 * along;
          at[0] = radius * StrictMath.cos(angle);
          at[1] = radius * StrictMath.sin(angle);
        });
  }

  /**
   * Two half circles of radius 1 that reach into each other; a normal error of standard deviation
   * 0.1 is added to both coordinates.
   */
  public static Dataset moons(int samples, long seed) {
    return plane(
        "moons",
        List.of("upper", "lower"),
        samples,
        seed,
        MOONS_STREAM,
        (label, random, at) -> {
          double angle = random.nextDouble(0, Math.PI);
          double x = StrictMath.cos(angle);
          double y = StrictMath.sin(angle);
          at[0] = (label == 0 ? x : 1 - x) + 0.1 * random.nextGaussian();
          at[1] = (label == 0 ? y : 0.5 - y) + 0.1 * random.nextGaussian();
        });
  }

  /**
   * Two circles around the origin, of radius 0.5 and 1; the radius is off by a normal error of
   * standard deviation 0.05. A straight line cuts off no more than part of the outer one.
   */
  public static Dataset rings(int samples, long seed) {
    return plane(
        "rings",
        List.of("inner", "outer"),
        samples,
        seed,
        RINGS_STREAM,
        (label, random, at) -> {
          double radius = (label == 0 ? 0.5 : 1) + 0.05 * random.nextGaussian();
          double angle = random.nextDouble(0, 2 * Math.PI);
          at[0] = radius * StrictMath.cos(angle);
          at[1] = radius * StrictMath.sin(angle);
        });
  }

  /** Regression: x uniformly distributed in [-pi, pi), y = sin x without noise. */
  public static Dataset sine(int samples, long seed) {
    requireSamples("sine", samples);
    float[] x = new float[samples];
    float[] y = new float[samples];
    for (int i = 0; i < samples; i++) {
      x[i] = (float) new Philox(seed, SINE_STREAM | i).nextDouble(-Math.PI, Math.PI);
      y[i] = (float) StrictMath.sin(x[i]);
    }
    return Dataset.regression("sine", 1, x, y, List.of("y")).withFeatureNames(List.of("x"));
  }

  private static Dataset plane(
      String name, List<String> classes, int samples, long seed, long stream, Point point) {
    requireSamples(name, samples);
    float[] features = new float[DatasetChecks.elements(name, samples, 2)];
    int[] labels = new int[samples];
    double[] at = new double[2];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % classes.size();
      point.place(labels[i], new Philox(seed, stream | i), at);
      features[2 * i] = (float) at[0];
      features[2 * i + 1] = (float) at[1];
    }
    return Dataset.classification(name, 2, features, labels, classes)
        .withFeatureNames(List.of("x", "y"));
  }

  private static void requireSamples(String name, int samples) {
    if (samples < 1) {
      throw new InvalidDataException(
          "%s: %s samples asked for; ask for at least 1".formatted(name, samples));
    }
  }
}
