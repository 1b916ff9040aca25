package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Activation.Kind;
import dev.myelin.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** activate and activationGradient, for every function. */
final class ActivationCases {
  static final List<Activation> ALL =
      List.of(
          Activation.IDENTITY,
          Activation.SIGMOID,
          Activation.TANH,
          Activation.RELU,
          Activation.leakyRelu(0.01f),
          Activation.leakyRelu(0),
          Activation.elu(1),
          Activation.elu(0.5f),
          Activation.GELU,
          Activation.GELU_TANH,
          Activation.SILU,
          Activation.SOFTPLUS,
          Activation.STEP,
          Activation.SIGN);

  /** Where the functions bend, saturate, underflow, or lose digits when written carelessly. */
  private static final float[] TELLING = {
    0f, -0f, 1e-30f, -1e-30f, 1e-7f, -1e-7f, 3e-4f, -3e-4f, 0.5f, -0.5f, 1f, -1f, 2f, -2f, 5f, -5f,
    8.3f, -8.3f, 9.1f, -9.1f, 15f, -15f, 17.4f, -17.4f, 20f, -20f, 30f, -30f, 60f, -60f, 87.3f,
    -87.3f, 88.8f, -88.8f, 104f, -104f, 500f, -500f, 1e4f, -1e4f
  };

  private final Suite suite;

  private ActivationCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    ActivationCases cases = new ActivationCases(suite);
    return ALL.stream().flatMap(cases::ofFunction);
  }

  private Stream<DynamicTest> ofFunction(Activation f) {
    Stream<DynamicTest> bySize =
        Sizes.lengths(suite).stream()
            // The largest size is for the kernel's shape, which is the same for all functions.
            .filter(length -> length <= 4099 || f.kind() == Kind.TANH || f.kind() == Kind.GELU)
            .flatMap(length -> Stream.of(values(f, length), gradient(f, length)));
    return Stream.concat(
        bySize, Stream.of(tellingValues(f), tellingGradients(f), infinities(f), notANumber(f)));
  }

  private static String name(Activation f) {
    return f.kind() + (f.parameter() == 0 ? "" : "(" + f.parameter() + ")");
  }

  private DynamicTest values(Activation f, int length) {
    return suite.test(
        "activate " + name(f) + " [" + length + "] seed " + length + ", and in place",
        fixture -> activate(fixture, f, Values.uniform(length, length, -10, 10)));
  }

  private DynamicTest tellingValues(Activation f) {
    return suite.test(
        "activate " + name(f) + " near zero, where it saturates, and far out",
        fixture -> activate(fixture, f, TELLING));
  }

  private static void activate(Fixture fixture, Activation f, float[] z) {
    Tensor y = fixture.out("y", z.length);
    Tensor inPlace = fixture.inOut("inPlace", z, z.length);
    fixture.ops().activate(f, fixture.in("z", z, z.length), y);
    fixture.ops().activate(f, inPlace, inPlace);
    fixture.expect(y, () -> Reference.activate(f, z));
    fixture.expectSameBits(inPlace, y);
  }

  private DynamicTest gradient(Activation f, int length) {
    return suite.test(
        "activationGradient " + name(f) + " [" + length + "] seed " + length + ", and in place",
        fixture ->
            gradient(
                fixture,
                f,
                Values.uniform(length + 1L, length, -10, 10),
                Values.spreadIfOdd(length, length)));
  }

  private DynamicTest tellingGradients(Activation f) {
    return suite.test(
        "activationGradient " + name(f) + " near zero, where it saturates, and far out",
        fixture -> gradient(fixture, f, TELLING, Values.normal(4, TELLING.length)));
  }

  private static void gradient(Fixture fixture, Activation f, float[] z, float[] dY) {
    int length = z.length;
    float[] read = read(f, z);
    Tensor readTensor = read == null ? null : fixture.in("read", read, length);
    Tensor zTensor = f.derivativeReads() == DerivativeReads.INPUT ? readTensor : null;
    Tensor yTensor = f.derivativeReads() == DerivativeReads.OUTPUT ? readTensor : null;
    Tensor dZ = fixture.out("dZ", length);
    Tensor inPlace = fixture.inOut("inPlace", dY, length);
    fixture.ops().activationGradient(f, zTensor, yTensor, fixture.in("dY", dY, length), dZ);
    fixture.ops().activationGradient(f, zTensor, yTensor, inPlace, inPlace);
    fixture.expect(dZ, () -> Reference.activationGradient(f, read, dY));
    fixture.expectSameBits(inPlace, dZ);
  }

  /** What the derivative reads, for the pre-activation z: z, the rounded f(z), or nothing. */
  static float[] read(Activation f, float[] z) {
    return switch (f.derivativeReads()) {
      case NOTHING -> null;
      case INPUT -> z;
      case OUTPUT -> {
        double[] exact = Reference.activate(f, z).values();
        float[] y = new float[z.length];
        for (int i = 0; i < y.length; i++) {
          y[i] = (float) exact[i];
        }
        yield y;
      }
    };
  }

  /** Of -infinity where the limit is not infinity times zero. */
  private DynamicTest infinities(Activation f) {
    boolean toTheLeft =
        f.kind() != Kind.GELU
            && f.kind() != Kind.GELU_TANH
            && f.kind() != Kind.SILU
            && !(f.kind() == Kind.LEAKY_RELU && f.parameter() == 0);
    float[] z = {Float.POSITIVE_INFINITY, toTheLeft ? Float.NEGATIVE_INFINITY : 0};
    return suite.test(
        "activate " + name(f) + " of " + Arrays.toString(z),
        fixture -> {
          Tensor y = fixture.out("y", 2);
          fixture.ops().activate(f, fixture.in("z", z, 2), y);
          fixture.expect(y, () -> Reference.activate(f, z));
        });
  }

  private DynamicTest notANumber(Activation f) {
    return suite.test(
        name(f) + ": NaN gives NaN, in its own element only, forwards and backwards",
        fixture -> {
          float[] z = Values.uniform(6, 37, 0.5, 2);
          float[] dY = Values.normal(7, 37);
          z[0] = Float.NaN;
          z[20] = Float.NaN;
          dY[36] = Float.NaN;
          Tensor y = fixture.out("y", 37);
          fixture.ops().activate(f, fixture.in("z", z, 37), y);
          fixture.expect(y, () -> Reference.activate(f, z));
          z[0] = 1;
          // Where the derivative is a step, NaN is on neither side of it.
          z[20] = hasStep(f) ? 1 : Float.NaN;
          gradient(fixture, f, z, dY);
        });
  }

  private static boolean hasStep(Activation f) {
    return f.isThreshold()
        || f.kind() == Kind.IDENTITY
        || f.kind() == Kind.RELU
        || f.kind() == Kind.LEAKY_RELU;
  }
}
