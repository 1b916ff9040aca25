package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Activation.Kind;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The fused operations, each run as the backend has it and as {@link ComposedOps} composes it. Both
 * must be within the bound, so they differ from each other by two bounds at most.
 */
final class LayerCases {
  private static final Sizes.Product ONE_SIZE = new Sizes.Product(7, 19, 33);

  private final Suite suite;
  private final Ops composed;

  private LayerCases(Suite suite) {
    this.suite = suite;
    this.composed = ComposedOps.of(suite.ops());
  }

  static Stream<DynamicTest> of(Suite suite) {
    LayerCases cases = new LayerCases(suite);
    List<Sizes.Product> sizes = Sizes.products(suite);
    List<Activation> functions = ActivationCases.ALL;
    Stream<DynamicTest> bySize =
        IntStream.range(0, sizes.size())
            .boxed()
            .flatMap(i -> cases.ofSize(sizes.get(i), functions.get(i % functions.size())));
    Stream<DynamicTest> byFunction =
        functions.stream()
            .flatMap(
                f ->
                    Stream.concat(
                        cases.linears(ONE_SIZE, f),
                        Stream.of(
                            cases.inputGradient(ONE_SIZE, f),
                            cases.notANumberForwards(f),
                            cases.notANumberBackwards(f))));
    return Stream.concat(bySize, byFunction);
  }

  private Stream<DynamicTest> ofSize(Sizes.Product size, Activation f) {
    return Stream.of(
            linears(size, f),
            Stream.of(inputGradient(size, f)),
            Stream.of(WriteMode.values())
                .flatMap(
                    mode ->
                        Stream.of(
                            parameterGradients(size, mode, true),
                            parameterGradients(size, mode, false))))
        .flatMap(stream -> stream);
  }

  private Stream<DynamicTest> linears(Sizes.Product size, Activation f) {
    return Stream.of(
        linear(size, f, true, true),
        linear(size, f, true, false),
        linear(size, f, false, true),
        linear(size, f, false, false));
  }

  /** m is the batch, k the inputs, n the outputs. */
  private DynamicTest linear(Sizes.Product size, Activation f, boolean biased, boolean keepZ) {
    long seed = 2L * size.m() + size.k();
    String name =
        String.format(
            "linear %s %s%s%s seed %d",
            size, f, biased ? " with bias" : "", keepZ ? " with z" : "", seed);
    return suite.test(
        name,
        fixture -> {
          float[] x = Values.spreadIf(keepZ, seed, size.m() * size.k());
          float[] w = Values.normal(seed + 1, size.n() * size.k());
          float[] bias = biased ? Values.normal(seed + 2, size.n()) : null;
          linear(fixture, size, f, x, w, bias, keepZ);
        });
  }

  private void linear(
      Fixture fixture,
      Sizes.Product size,
      Activation f,
      float[] x,
      float[] w,
      float[] bias,
      boolean keepZ) {
    int batch = size.m();
    int out = size.n();
    Tensor xTensor = fixture.in("x", x, batch, size.k());
    Tensor wTensor = fixture.in("w", w, out, size.k());
    Tensor biasTensor = bias == null ? null : fixture.in("bias", bias, out);
    for (Ops ops : new Ops[] {fixture.ops(), composed}) {
      Tensor z = keepZ ? fixture.out("z", batch, out) : null;
      Tensor y = fixture.out("y", batch, out);
      ops.linear(xTensor, wTensor, biasTensor, f, z, y);
      Bounded[] expected = Reference.linear(suite.precision(), x, w, bias, batch, size.k(), out);
      if (keepZ) {
        fixture.expect(z, () -> Expected.of(expected));
      }
      fixture.expect(y, () -> Expected.of(Reference.activate(f, expected)));
    }
  }

  private DynamicTest inputGradient(Sizes.Product size, Activation f) {
    long seed = size.m() + 2L * size.n();
    return suite.test(
        "linearInputGradient " + size + " " + f + " seed " + seed,
        fixture -> {
          float[] dZ = Values.normal(seed, size.m() * size.n());
          float[] w = Values.normal(seed + 1, size.n() * size.k());
          float[] z = Values.uniform(seed + 2, size.m() * size.k(), -4, 4);
          inputGradient(fixture, size, f, dZ, w, z);
        });
  }

  private void inputGradient(
      Fixture fixture, Sizes.Product size, Activation f, float[] dZ, float[] w, float[] z) {
    int batch = size.m();
    int in = size.k();
    float[] read = ActivationCases.read(f, z);
    Tensor dZTensor = fixture.in("dZ", dZ, batch, size.n());
    Tensor wTensor = fixture.in("w", w, size.n(), in);
    Tensor readTensor = read == null ? null : fixture.in("read", read, batch, in);
    for (Ops ops : new Ops[] {fixture.ops(), composed}) {
      Tensor dX = fixture.out("dX", batch, in);
      ops.linearInputGradient(
          dZTensor,
          wTensor,
          f,
          f.derivativeReads() == DerivativeReads.INPUT ? readTensor : null,
          f.derivativeReads() == DerivativeReads.OUTPUT ? readTensor : null,
          dX);
      fixture.expect(
          dX,
          () ->
              Reference.linearInputGradient(
                  suite.precision(), dZ, w, f, read, batch, in, size.n()));
    }
  }

  private DynamicTest parameterGradients(Sizes.Product size, WriteMode mode, boolean biased) {
    int batch = size.m();
    int in = size.k();
    int out = size.n();
    long seed = size.m() + size.k() + 2L * size.n();
    String name =
        String.format(
            "linearParameterGradients %s %s%s seed %d",
            size, mode, biased ? " with bias" : "", seed);
    return suite.test(
        name,
        fixture -> {
          float[] x = Values.spreadIf(!biased, seed, batch * in);
          float[] dZ = Values.normal(seed + 1, batch * out);
          float[] weights = Values.normal(seed + 2, out * in);
          float[] biases = Values.normal(seed + 3, out);
          boolean accumulate = mode == WriteMode.ACCUMULATE;
          Tensor xTensor = fixture.in("x", x, batch, in);
          Tensor dZTensor = fixture.in("dZ", dZ, batch, out);
          for (Ops ops : new Ops[] {fixture.ops(), composed}) {
            Tensor dW = target(fixture, "dW", weights, accumulate, out, in);
            Tensor dBias = !biased ? null : target(fixture, "dBias", biases, accumulate, out);
            ops.linearParameterGradients(xTensor, dZTensor, mode, dW, dBias);
            fixture.expect(
                dW,
                () ->
                    Reference.matmul(
                        suite.precision(),
                        dZ,
                        Transpose.YES,
                        x,
                        Transpose.NO,
                        out,
                        in,
                        batch,
                        accumulate ? weights : null));
            if (biased) {
              fixture.expect(
                  dBias, () -> Reference.sumRows(dZ, batch, out, accumulate ? biases : null));
            }
          }
        });
  }

  private static Tensor target(
      Fixture fixture, String name, float[] initial, boolean accumulate, int... shape) {
    return accumulate ? fixture.inOut(name, initial, shape) : fixture.out(name, shape);
  }

  private DynamicTest notANumberForwards(Activation f) {
    return suite.test(
        "linear " + f + ": NaN in a sample reaches all its outputs, and no other sample",
        fixture -> {
          float[] x = Values.normal(1, ONE_SIZE.m() * ONE_SIZE.k());
          float[] w = Values.normal(2, ONE_SIZE.n() * ONE_SIZE.k());
          x[2 * ONE_SIZE.k() + 3] = Float.NaN;
          linear(fixture, ONE_SIZE, f, x, w, Values.normal(3, ONE_SIZE.n()), true);
        });
  }

  private DynamicTest notANumberBackwards(Activation f) {
    return suite.test(
        "linearInputGradient " + f + ": NaN in a sample's gradient stays in that sample",
        fixture -> {
          float[] dZ = Values.normal(1, ONE_SIZE.m() * ONE_SIZE.n());
          float[] w = Values.normal(2, ONE_SIZE.n() * ONE_SIZE.k());
          // On the right of zero no derivative is zero, and zero times NaN need not be NaN.
          float[] z = Values.uniform(3, ONE_SIZE.m() * ONE_SIZE.k(), 0.1, 2);
          dZ[4 * ONE_SIZE.n() + 5] = Float.NaN;
          if (f.kind() == Kind.GELU || f.kind() == Kind.SILU) {
            z[0] = Float.NaN;
          }
          inputGradient(fixture, ONE_SIZE, f, dZ, w, z);
        });
  }
}
