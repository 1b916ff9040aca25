package dev.myelin.cuda.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Floating-point instructions: exactly, where PTX says how they round; within its bounds where it
 * does not.
 */
class FloatInstructionTest {
  private static final float SUBNORMAL = Float.MIN_NORMAL / 8;
  private static final float[] FIRST = {
    1.0f,
    -2.5f,
    1e-30f,
    3e38f,
    SUBNORMAL,
    0.1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    -0.0f,
    7.25f,
    1 + 0x1p-23f
  };
  private static final float[] SECOND = {3.0f, 0.3f, 1e-20f, 2.0f, 1.5f, -0.0f, 1.0f};
  private static final float[] THIRD = {0.5f, -1e-9f, 1e10f, Float.NaN, SUBNORMAL};

  private InstructionRunner runner;

  @BeforeEach
  void open() {
    TestDevice.loadDriver();
    runner = new InstructionRunner();
    runner.floats(FIRST, SECOND, THIRD);
  }

  @AfterEach
  void close() {
    if (runner != null) {
      runner.close();
    }
  }

  private float first(int lane) {
    return Float.intBitsToFloat(runner.a[lane]);
  }

  private float second(int lane) {
    return Float.intBitsToFloat(runner.b[lane]);
  }

  private float third(int lane) {
    return Float.intBitsToFloat(runner.c[lane]);
  }

  interface Expected {
    float of(float x, float y, float z);
  }

  private void assertExact(String instruction, Expected expected) {
    float[] results = runner.floats(instruction);
    for (int lane = 0; lane < 32; lane++) {
      float want = expected.of(first(lane), second(lane), third(lane));
      assertEquals(
          want, results[lane], 0.0f, instruction + " of " + first(lane) + ", " + second(lane));
      if (want == 0) {
        assertEquals(1 / want, 1 / results[lane], instruction + ": the sign of zero");
      }
    }
  }

  @Test
  void roundToNearest_isExact() {
    assertExact("add.rn.f32 %f0, %f1, %f2;", (x, y, z) -> x + y);
    assertExact("sub.f32 %f0, %f1, %f2;", (x, y, z) -> x - y);
    assertExact("mul.rn.f32 %f0, %f1, %f2;", (x, y, z) -> x * y);
    assertExact("div.rn.f32 %f0, %f1, %f2;", (x, y, z) -> x / y);
    assertExact("rcp.rn.f32 %f0, %f1;", (x, y, z) -> 1 / x);
    assertExact("sqrt.rn.f32 %f0, %f1;", (x, y, z) -> (float) Math.sqrt(x));
    assertExact("fma.rn.f32 %f0, %f1, %f2, %f3;", Math::fma);
    assertExact("neg.f32 %f0, %f1;", (x, y, z) -> -x);
    assertExact("abs.f32 %f0, %f1;", (x, y, z) -> Math.abs(x));
    assertExact("copysign.f32 %f0, %f1, %f2;", (x, y, z) -> Math.copySign(y, x));
  }

  @Test
  void doubleFma_isExact() {
    runner.floats(
        new float[] {1.0f + 0x1p-20f, 3.3f}, new float[] {1.0f - 0x1p-20f}, new float[] {-1.0f});
    float[] results =
        runner.floats(
            "cvt.f64.f32 %fd1, %f1; cvt.f64.f32 %fd2, %f2; cvt.f64.f32 %fd3, %f3; "
                + "fma.rn.f64 %fd1, %fd1, %fd2, %fd3; cvt.rn.f32.f64 %f0, %fd1;");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(
          (float) Math.fma((double) first(lane), second(lane), third(lane)), results[lane]);
    }
  }

  @ParameterizedTest
  @CsvSource({"rz, DOWN", "rm, FLOOR", "rp, CEILING"})
  void directedRounding_ofFma_isExact(String modifier, RoundingMode mode) {
    runner.floats(
        new float[] {1.1f, -1.1f, 0.3f, -7.7f, 123.456f},
        new float[] {2.3f, 0.7f, -3.1f},
        new float[] {1e-9f, -1e-9f, 0.25f, 1000.5f});
    float[] results = runner.floats("fma." + modifier + ".f32 %f0, %f1, %f2, %f3;");
    for (int lane = 0; lane < 32; lane++) {
      BigDecimal exact =
          new BigDecimal(first(lane))
              .multiply(new BigDecimal(second(lane)), MathContext.UNLIMITED)
              .add(new BigDecimal(third(lane)));
      assertEquals(rounded(exact, mode), results[lane], modifier + " in lane " + lane);
    }
  }

  /** The float next to the exact value in a direction. */
  private static float rounded(BigDecimal exact, RoundingMode mode) {
    float nearest = exact.floatValue();
    int order = new BigDecimal(nearest).compareTo(exact);
    boolean up = mode == RoundingMode.CEILING || (mode == RoundingMode.DOWN && exact.signum() < 0);
    if (up && order < 0) {
      return Math.nextUp(nearest);
    }
    return !up && order > 0 ? Math.nextDown(nearest) : nearest;
  }

  @Test
  void flushToZero_flushesInputsAndResults() {
    assertExact(
        "mul.rn.ftz.f32 %f0, %f1, %f2;",
        (x, y, z) -> {
          float left = Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0, x) : x;
          float product = left * y;
          return Math.abs(product) < Float.MIN_NORMAL ? Math.copySign(0, product) : product;
        });
  }

  @Test
  void saturation_clampsAndTakesNanToZero() {
    assertExact(
        "add.sat.f32 %f0, %f1, %f2;",
        (x, y, z) -> Float.isNaN(x + y) ? 0 : Math.min(1, Math.max(0.0f, x + y)));
  }

  @Test
  void minimumAndMaximum_dropNan() {
    assertExact(
        "min.f32 %f0, %f1, %f3;",
        (x, y, z) -> Float.isNaN(x) ? z : Float.isNaN(z) ? x : Math.min(x, z));
    assertExact(
        "max.f32 %f0, %f1, %f3;",
        (x, y, z) -> Float.isNaN(x) ? z : Float.isNaN(z) ? x : Math.max(x, z));
    assertExact("max.NaN.f32 %f0, %f1, %f3;", (x, y, z) -> Math.max(x, z));
  }

  private void assertRelative(
      String instruction, DoubleUnaryOperator expected, double bound, float... inputs) {
    runner.floats(inputs, inputs, inputs);
    float[] results = runner.floats(instruction);
    for (int lane = 0; lane < 32; lane++) {
      double want = expected.applyAsDouble(first(lane));
      if (Double.isFinite(want) && want != 0) {
        assertEquals(
            want, results[lane], bound * Math.abs(want), instruction + " of " + first(lane));
      } else {
        assertEquals((float) want, results[lane], instruction + " of " + first(lane));
      }
    }
  }

  @Test
  void approximations_stayWithinPtxBounds() {
    float inf = Float.POSITIVE_INFINITY;
    assertRelative(
        "ex2.approx.ftz.f32 %f0, %f1;",
        x -> Math.pow(2, x), 0x1p-22, 0, 0.5f, -3.7f, 100.25f, -inf, inf);
    assertRelative(
        "lg2.approx.f32 %f0, %f1;", x -> Math.log(x) / Math.log(2), 0x1p-22, 3, 0.1f, 1e20f, inf);
    assertRelative("rcp.approx.ftz.f32 %f0, %f1;", x -> 1 / x, 0x1p-23, 3, -0.1f, 1e20f, inf, -inf);
    assertRelative(
        "rsqrt.approx.f32 %f0, %f1;", x -> 1 / Math.sqrt(x), 0x1p-22, 3, 0.1f, 1e20f, inf);
    assertRelative("sqrt.approx.f32 %f0, %f1;", Math::sqrt, 0x1p-22, 3, 0.1f, 1e20f, inf);
    assertRelative("tanh.approx.f32 %f0, %f1;", Math::tanh, 0x1p-10, 0.3f, -2, 20, -inf);
    // Their errors are bounded absolutely, and the smallest of these values is 0.14.
    assertRelative("sin.approx.f32 %f0, %f1;", Math::sin, 0x1p-20 / 0.14, 0.3f, -2, 3);
    assertRelative("cos.approx.f32 %f0, %f1;", Math::cos, 0x1p-20 / 0.14, 0.3f, -2, 3);
  }

  @Test
  void approximateDivision_byHugeNumbers_isZero() {
    runner.floats(new float[] {3, 1e38f}, new float[] {0x1.8p126f, 0x1p127f}, new float[] {0});
    for (float result : runner.floats("div.approx.f32 %f0, %f1, %f2;")) {
      assertEquals(0.0f, result);
    }
  }

  @Test
  void comparisons_knowUnordered() {
    runner.floats(new float[] {1, 2, Float.NaN}, new float[] {2, 1, 1}, new float[] {0});
    String[] comparisons = {"lt", "ltu", "eq", "ne", "neu", "ge", "geu", "num", "nan"};
    int[][] expected = {
      {1, 0, 0}, {1, 0, 1}, {0, 0, 0}, {1, 1, 0}, {1, 1, 1}, {0, 1, 0}, {0, 1, 1}, {1, 1, 0},
      {0, 0, 1}
    };
    for (int index = 0; index < comparisons.length; index++) {
      int[] results =
          runner.ints(
              "setp." + comparisons[index] + ".f32 %p2, %f1, %f2; selp.u32 %r0, 1, 0, %p2;");
      for (int lane = 0; lane < 32; lane++) {
        assertEquals(
            expected[index][lane % 3], results[lane], comparisons[index] + " in lane " + lane);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"rni, 2, 2, -2, -3", "rzi, 2, 1, -2, -2", "rmi, 2, 1, -3, -3", "rpi, 3, 2, -2, -2"})
  void conversionToInteger_roundsAsSaid(String mode, int first, int second, int third, int fourth) {
    runner.floats(new float[] {2.5f, 1.6f, -2.5f, -2.6f}, new float[] {0}, new float[] {0});
    int[] results = runner.ints("cvt." + mode + ".s32.f32 %r0, %f1;");
    int[] expected = {first, second, third, fourth};
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(expected[lane % 4], results[lane], mode + " in lane " + lane);
    }
  }

  @Test
  void conversionToInteger_outOfRange_clampsAndTakesNanToZero() {
    runner.floats(new float[] {1e20f, -1e20f, Float.NaN, 3e9f}, new float[] {0}, new float[] {0});
    int[] results = runner.ints("cvt.rzi.s32.f32 %r0, %f1;");
    assertEquals(Integer.MAX_VALUE, results[0]);
    assertEquals(Integer.MIN_VALUE, results[1]);
    assertEquals(0, results[2]);
    assertEquals((int) 3_000_000_000L, runner.ints("cvt.rzi.u32.f32 %r0, %f1;")[3]);
  }

  @Test
  void conversionFromInteger_roundsToNearest() {
    runner.a[0] = 16_777_217;
    runner.a[1] = -1;
    assertEquals(16_777_216f, runner.floats("cvt.rn.f32.s32 %f0, %r1;")[0]);
    assertEquals(0x1p32f, runner.floats("cvt.rn.f32.u32 %f0, %r1;")[1]);
    assertEquals(16_777_218f, runner.floats("cvt.rp.f32.s32 %f0, %r1;")[0]);
  }

  @Test
  void smallFormats_roundAsTheirTypesDo() {
    runner.floats(
        new float[] {1 + 0x1p-8f, 1 + 0x1.8p-8f, 65504, 1e-7f}, new float[] {-2}, new float[] {0});
    int[] pairs = runner.ints("cvt.rn.bf16x2.f32 %r0, %f2, %f1;");
    assertEquals(0xc0003f80, pairs[0], "a tie goes to even");
    assertEquals(0xc0003f81, pairs[1]);
    int[] halves = runner.ints("cvt.rn.f16.f32 %rs1, %f1; cvt.u32.u16 %r0, %rs1;");
    assertEquals(0x7bff, halves[2]);
    assertEquals(0x0002, halves[3], "subnormal: 1e-7 / 2^-24 = 1.68");
    float[] back = runner.floats("cvt.rn.f16.f32 %rs1, %f1; cvt.f32.f16 %f0, %rs1;");
    assertEquals(65504f, back[2]);
    assertEquals(0x1p-23f, back[3]);
    runner.floats(new float[] {1 + 0x1p-11f, -1 - 0x1.8p-11f}, new float[] {0}, new float[] {0});
    float[] tensor = runner.floats("cvt.rna.tf32.f32 %r7, %f1; mov.b32 %f0, %r7;");
    assertEquals(1 + 0x1p-10f, tensor[0], "a tie goes away from zero");
    assertEquals(-1 - 0x1p-10f, tensor[1]);
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void unknownInstruction_isNamedWithItsLine() {
    AssertionError error =
        org.junit.jupiter.api.Assertions.assertThrows(
            AssertionError.class, () -> runner.floats("dp4a.u32.u32 %r0, %r1, %r2, %r3;"));
    assertTrue(error.getMessage().contains("CUDA_ERROR_INVALID_PTX"));
    assertTrue(
        StandInDriver.reports()
            .get(0)
            .contains("PTX line 45: instruction dp4a.u32.u32 is not supported"),
        () -> StandInDriver.reports().toString());
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void unknownModifier_isNamed() {
    org.junit.jupiter.api.Assertions.assertThrows(
        AssertionError.class, () -> runner.floats("max.xorsign.abs.f32 %f0, %f1, %f2;"));
    assertTrue(
        StandInDriver.reports().get(0).contains("max.xorsign.abs.f32 has the modifier .xorsign"),
        () -> StandInDriver.reports().toString());
  }
}
