package dev.myelin.testkit;

import dev.myelin.Tensor;
import dev.myelin.testkit.ReferenceOptimizers.Step;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The optimizers over several steps, and clipByNorm. Every step is compared with a float64 step
 * from the float32 state that the device had before it, so that the bound is the bound of one step.
 */
final class OptimizerCases {
  private static final int STEPS = 5;

  /** One optimizer with its settings. */
  private record Optimizer(String name, Launch launch, Formula formula, Rates rates) {
    interface Launch {
      void run(Fixture fixture, Tensor rates, Tensor g, Tensor first, Tensor second, Tensor p);
    }

    interface Formula {
      Step of(float[] rates, float g, float first, float second, float p);
    }

    interface Rates {
      float[] of(int step);
    }
  }

  private static final List<Optimizer> ALL =
      List.of(
          sgd(0, false, 0),
          sgd(0, false, 0.1f),
          sgd(0.9f, false, 0),
          sgd(0.9f, false, 0.05f),
          sgd(0.8f, true, 0),
          sgd(0.8f, true, 0.05f),
          adagrad(0),
          adagrad(0.1f),
          rmsprop(0),
          rmsprop(0.1f),
          adam(0, false),
          adam(0.1f, false),
          adam(0.1f, true));

  private final Suite suite;

  private OptimizerCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    OptimizerCases cases = new OptimizerCases(suite);
    List<Integer> lengths = Sizes.lengths(suite).stream().filter(length -> length <= 4099).toList();
    Stream<DynamicTest> steps =
        ALL.stream()
            .flatMap(
                optimizer ->
                    Stream.concat(
                        lengths.stream().map(length -> cases.steps(optimizer, length)),
                        Stream.of(cases.zeroGradient(optimizer), cases.notANumber(optimizer))));
    Stream<DynamicTest> clip =
        Sizes.lengths(suite).stream()
            .flatMap(length -> Stream.of(cases.clip(length, 0.5f), cases.clip(length, 1e9f)));
    return Stream.of(
            steps,
            clip,
            Stream.of(
                cases.clipOfZeros(),
                cases.clipOfExtremes(0x1p90f),
                cases.clipOfExtremes(0x1p120f),
                cases.clipOfExtremes(0x1p-90f),
                cases.clipOfExtremes(0x1p-110f),
                cases.clipOfNotANumber(Float.NaN),
                cases.clipOfNotANumber(Float.POSITIVE_INFINITY)))
        .flatMap(stream -> stream);
  }

  private static Optimizer sgd(float momentum, boolean nesterov, float decay) {
    return new Optimizer(
        "sgd momentum " + momentum + (nesterov ? " Nesterov" : "") + " decay " + decay,
        (fixture, rates, g, first, second, p) ->
            fixture.ops().sgd(momentum, nesterov, decay, rates, g, momentum == 0 ? null : first, p),
        (rates, g, first, second, p) -> {
          Step step = ReferenceOptimizers.sgd(momentum, nesterov, decay, rates[0], g, first, p);
          // Without momentum the velocity is not given, so it stays what it was.
          return momentum != 0 ? step : new Step(step.parameter(), Bounded.exact(first), null);
        },
        OptimizerCases::decreasingRate);
  }

  private static Optimizer adagrad(float decay) {
    return new Optimizer(
        "adagrad decay " + decay,
        (fixture, rates, g, first, second, p) ->
            fixture.ops().adagrad(1e-10f, decay, rates, g, first, p),
        (rates, g, first, second, p) ->
            ReferenceOptimizers.adagrad(1e-10f, decay, rates[0], g, first, p),
        OptimizerCases::decreasingRate);
  }

  private static Optimizer rmsprop(float decay) {
    return new Optimizer(
        "rmsprop decay " + decay,
        (fixture, rates, g, first, second, p) ->
            fixture.ops().rmsprop(0.99f, 1e-8f, decay, rates, g, first, p),
        (rates, g, first, second, p) ->
            ReferenceOptimizers.rmsprop(0.99f, 1e-8f, decay, rates[0], g, first, p),
        OptimizerCases::decreasingRate);
  }

  private static Optimizer adam(float decay, boolean decoupled) {
    return new Optimizer(
        (decoupled ? "adamW decay " : "adam decay ") + decay,
        (fixture, rates, g, first, second, p) ->
            fixture.ops().adam(0.9f, 0.999f, 1e-8f, decay, decoupled, rates, g, first, second, p),
        (rates, g, first, second, p) ->
            ReferenceOptimizers.adam(
                0.9f, 0.999f, 1e-8f, decay, decoupled, rates, g, first, second, p),
        step ->
            new float[] {
              0.01f,
              (float) (1 / (1 - StrictMath.pow(0.9, step))),
              (float) (1 / StrictMath.sqrt(1 - StrictMath.pow(0.999, step)))
            });
  }

  /** The other two must not be read, so they are NaN. */
  private static float[] decreasingRate(int step) {
    return new float[] {0.1f / step, Float.NaN, Float.NaN};
  }

  private DynamicTest steps(Optimizer optimizer, int length) {
    return suite.test(
        optimizer.name + " [" + length + "], " + STEPS + " steps, seed " + length,
        fixture -> {
          State state = new State(fixture, Values.normal(length, length));
          for (int step = 1; step <= STEPS; step++) {
            float[] gradients = Values.normal(length + 100L * step, length);
            state.step(optimizer, optimizer.rates.of(step), gradients);
          }
        });
  }

  private DynamicTest zeroGradient(Optimizer optimizer) {
    return suite.test(
        optimizer.name + ": zero gradients, at first and after others",
        fixture -> {
          State state = new State(fixture, Values.normal(3, 33));
          state.step(optimizer, optimizer.rates.of(1), new float[33]);
          state.step(optimizer, optimizer.rates.of(2), Values.normal(4, 33));
          state.step(optimizer, optimizer.rates.of(3), new float[33]);
        });
  }

  private DynamicTest notANumber(Optimizer optimizer) {
    return suite.test(
        optimizer.name + ": NaN reaches its own parameter, and no other",
        fixture -> {
          State state = new State(fixture, Values.normal(3, 33));
          float[] gradients = Values.normal(4, 33);
          gradients[20] = Float.NaN;
          state.step(optimizer, optimizer.rates.of(1), gradients);
        });
  }

  /** Parameters and what the optimizer remembers of them. */
  private static final class State {
    private final Fixture fixture;
    private final Tensor parameters;
    private final Tensor first;
    private final Tensor second;
    private final int length;

    State(Fixture fixture, float[] initial) {
      this.fixture = fixture;
      this.length = initial.length;
      parameters = fixture.inOut("parameters", initial, length);
      first = fixture.inOut("first", new float[length], length);
      second = fixture.inOut("second", new float[length], length);
    }

    void step(Optimizer optimizer, float[] rates, float[] gradients) {
      float[] p = fixture.floats(parameters);
      float[] m = fixture.floats(first);
      float[] v = fixture.floats(second);
      Tensor g = fixture.in("gradients", gradients, length);
      optimizer.launch.run(fixture, fixture.in("rates", rates, 3), g, first, second, parameters);
      Step[] steps = new Step[length];
      Arrays.setAll(steps, i -> optimizer.formula.of(rates, gradients[i], m[i], v[i], p[i]));
      fixture.expect(parameters, () -> expected(Arrays.stream(steps).map(Step::parameter)));
      fixture.expect(first, () -> expected(Arrays.stream(steps).map(Step::first)));
      if (length > 0 && steps[0].second() != null) {
        fixture.expect(second, () -> expected(Arrays.stream(steps).map(Step::second)));
      }
    }

    private static Expected expected(Stream<Bounded> elements) {
      return Expected.of(elements.toArray(Bounded[]::new));
    }
  }

  private DynamicTest clip(int length, float maxNorm) {
    return suite.test(
        "clipByNorm [" + length + "] to " + maxNorm + " seed " + length,
        fixture -> {
          float[] values = Values.normal(length, length);
          Tensor gradients = fixture.inOut("gradients", values, length);
          Tensor norm = fixture.out("norm", 1);
          fixture.ops().clipByNorm(gradients, maxNorm, norm);
          Bounded expectedNorm = ReferenceOptimizers.norm(values);
          fixture.expect(norm, () -> Expected.of(expectedNorm));
          fixture.expect(gradients, () -> clipped(values, expectedNorm, maxNorm));
        });
  }

  private static Expected clipped(float[] values, Bounded norm, float maxNorm) {
    boolean isUnder = norm.value() + norm.error() < maxNorm * (1 - 0x1p-20);
    if (isUnder) {
      return Expected.exactly(values);
    }
    Bounded factor = ReferenceOptimizers.clipFactor(norm, maxNorm);
    Bounded[] scaled = Bounded.exact(values);
    Arrays.setAll(scaled, i -> scaled[i].times(factor));
    return Expected.of(scaled);
  }

  /** Gradients whose squares a float cannot hold, though it holds their norm. */
  private DynamicTest clipOfExtremes(float scale) {
    return suite.test(
        "clipByNorm of gradients about " + scale,
        bench -> {
          float[] values = Values.normal(11, 9001);
          for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
          }
          // So that the factor is a normal number, or 1.
          float maxNorm = Math.max(0.5f, scale);
          Tensor gradients = bench.inOut("gradients", values, values.length);
          Tensor norm = bench.out("norm", 1);
          bench.ops().clipByNorm(gradients, maxNorm, norm);
          Bounded expectedNorm = ReferenceOptimizers.norm(values);
          bench.expect(norm, () -> Expected.of(expectedNorm));
          bench.expect(gradients, () -> clipped(values, expectedNorm, maxNorm));
        });
  }

  private DynamicTest clipOfZeros() {
    return suite.test(
        "clipByNorm of zeros leaves zeros",
        fixture -> {
          Tensor gradients = fixture.inOut("gradients", new float[40], 40);
          Tensor norm = fixture.out("norm", 1);
          fixture.ops().clipByNorm(gradients, 1, norm);
          fixture.expect(norm, () -> Expected.exactly(0));
          fixture.expect(gradients, () -> Expected.exactly(new float[40]));
        });
  }

  private DynamicTest clipOfNotANumber(float bad) {
    return suite.test(
        "clipByNorm with " + bad + " among the gradients leaves NaN in all of them",
        fixture -> {
          float[] values = Values.normal(9, 300);
          values[123] = bad;
          float[] allNotANumber = new float[300];
          Arrays.fill(allNotANumber, Float.NaN);
          Tensor gradients = fixture.inOut("gradients", values, 300);
          Tensor norm = fixture.out("norm", 1);
          fixture.ops().clipByNorm(gradients, 1, norm);
          fixture.expect(norm, () -> Expected.exactly(bad));
          fixture.expect(gradients, () -> Expected.exactly(allNotANumber));
        });
  }
}
