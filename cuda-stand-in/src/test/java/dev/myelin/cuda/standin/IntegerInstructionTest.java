package dev.myelin.cuda.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Integer instructions against Java's arithmetic, on corners of the types. */
class IntegerInstructionTest {
  /** Three sources to a 32-bit result. */
  interface Expected {
    int of(int x, int y, int z);
  }

  /** Three sources to a 64-bit result. */
  interface WideExpected {
    long of(int x, int y, int z);
  }

  private InstructionRunner runner;

  @BeforeEach
  void open() {
    TestDevice.loadDriver();
    runner = new InstructionRunner();
  }

  @AfterEach
  void close() {
    if (runner != null) {
      runner.close();
    }
  }

  private static Arguments case32(String instruction, Expected expected) {
    return Arguments.of(instruction, expected);
  }

  private static Arguments case64(String instruction, WideExpected expected) {
    return Arguments.of(instruction, expected);
  }

  private static long unsigned(int x) {
    return Integer.toUnsignedLong(x);
  }

  private static boolean signOf(long x) {
    return x < 0;
  }

  static Stream<Arguments> instructions() {
    return Stream.of(
        case32("add.s32 %r0, %r1, %r2;", (x, y, z) -> x + y),
        case32("sub.u32 %r0, %r1, %r2;", (x, y, z) -> x - y),
        case32("mul.lo.s32 %r0, %r1, %r2;", (x, y, z) -> x * y),
        case32("mul.hi.s32 %r0, %r1, %r2;", (x, y, z) -> (int) (((long) x * y) >> 32)),
        case32(
            "mul.hi.u32 %r0, %r1, %r2;", (x, y, z) -> (int) ((unsigned(x) * unsigned(y)) >>> 32)),
        case32("mad.lo.s32 %r0, %r1, %r2, %r3;", (x, y, z) -> x * y + z),
        case32(
            "mad.hi.u32 %r0, %r1, %r2, %r3;",
            (x, y, z) -> (int) ((unsigned(x) * unsigned(y)) >>> 32) + z),
        case32("or.b32 %r2, %r2, 1; div.s32 %r0, %r1, %r2;", (x, y, z) -> x / (y | 1)),
        case32(
            "or.b32 %r2, %r2, 1; div.u32 %r0, %r1, %r2;",
            (x, y, z) -> Integer.divideUnsigned(x, y | 1)),
        case32("or.b32 %r2, %r2, 1; rem.s32 %r0, %r1, %r2;", (x, y, z) -> x % (y | 1)),
        case32(
            "or.b32 %r2, %r2, 1; rem.u32 %r0, %r1, %r2;",
            (x, y, z) -> Integer.remainderUnsigned(x, y | 1)),
        case32("min.s32 %r0, %r1, %r2;", (x, y, z) -> Math.min(x, y)),
        case32("max.u32 %r0, %r1, %r2;", (x, y, z) -> Integer.compareUnsigned(x, y) > 0 ? x : y),
        case32("neg.s32 %r0, %r1;", (x, y, z) -> -x),
        case32("abs.s32 %r0, %r1;", (x, y, z) -> Math.abs(x)),
        case32("and.b32 %r0, %r1, %r2;", (x, y, z) -> x & y),
        case32("or.b32 %r0, %r1, %r2;", (x, y, z) -> x | y),
        case32("xor.b32 %r0, %r1, %r2;", (x, y, z) -> x ^ y),
        case32("not.b32 %r0, %r1;", (x, y, z) -> ~x),
        case32("shl.b32 %r0, %r1, 32;", (x, y, z) -> 0),
        case32("shl.b32 %r0, %r1, 5;", (x, y, z) -> x << 5),
        case32("shr.s32 %r0, %r1, 77;", (x, y, z) -> x >> 31),
        case32("shr.s32 %r0, %r1, 3;", (x, y, z) -> x >> 3),
        case32("shr.u32 %r0, %r1, 3;", (x, y, z) -> x >>> 3),
        case32("shr.u32 %r0, %r1, 32;", (x, y, z) -> 0),
        case32("shf.l.wrap.b32 %r0, %r1, %r2, 9;", (x, y, z) -> (y << 9) | (x >>> 23)),
        case32("shf.r.clamp.b32 %r0, %r1, %r2, 40;", (x, y, z) -> y),
        case32("lop3.b32 %r0, %r1, %r2, %r3, 0xE8;", (x, y, z) -> (x & y) | (x & z) | (y & z)),
        case32("bfe.u32 %r0, %r1, 4, 8;", (x, y, z) -> (x >>> 4) & 255),
        case32("bfe.s32 %r0, %r1, 4, 8;", (x, y, z) -> (byte) (x >>> 4)),
        case32("bfe.s32 %r0, %r1, 28, 12;", (x, y, z) -> x >> 28),
        case32("bfe.u32 %r0, %r1, 0, 0;", (x, y, z) -> 0),
        case32("bfi.b32 %r0, %r1, %r2, 8, 12;", (x, y, z) -> (y & ~0xfff00) | ((x << 8) & 0xfff00)),
        case32("prmt.b32 %r0, %r1, %r2, 0x7610;", (x, y, z) -> (x & 0xffff) | (y & 0xffff0000)),
        case32(
            "prmt.b32 %r0, %r1, %r2, 0xb333;",
            (x, y, z) -> ((x >>> 24) * 0x010101) | ((x >> 31) << 24)),
        case32("brev.b32 %r0, %r1;", (x, y, z) -> Integer.reverse(x)),
        case32("popc.b32 %r0, %r1;", (x, y, z) -> Integer.bitCount(x)),
        case32("clz.b32 %r0, %r1;", (x, y, z) -> Integer.numberOfLeadingZeros(x)),
        case32("clz.b64 %r0, %rd1;", (x, y, z) -> Long.numberOfLeadingZeros(pair(x, y))),
        case32("setp.lt.s32 %p2, %r1, %r2; selp.b32 %r0, %r3, 9, %p2;", (x, y, z) -> x < y ? z : 9),
        case32(
            "setp.hi.u32 %p2, %r1, %r2; selp.u32 %r0, 1, 0, %p2;",
            (x, y, z) -> Integer.compareUnsigned(x, y) > 0 ? 1 : 0),
        case32(
            "setp.ge.s32 %p2|%p3, %r1, %r2; selp.u32 %r0, 1, 0, %p3;", (x, y, z) -> x >= y ? 0 : 1),
        case32("cvt.u16.u32 %rs1, %r1; cvt.s32.s16 %r0, %rs1;", (x, y, z) -> (short) x),
        case32("cvt.s8.s32 %rs1, %r1; cvt.s32.s16 %r0, %rs1;", (x, y, z) -> (byte) x),
        case32("cvt.u32.u8 %r0, %r1;", (x, y, z) -> x & 255),
        case32("cvt.s32.s8 %r0, %r1;", (x, y, z) -> (byte) x),
        case32("cvt.sat.u8.s32 %r0, %r1;", (x, y, z) -> Math.min(Math.max(x, 0), 255)),
        case32("mov.b64 {%r0, %r7}, %rd1; xor.b32 %r0, %r0, %r7;", (x, y, z) -> x ^ y),
        case32(
            "mov.b32 {%rs1, %rs2}, %r1; mov.b32 %r0, {%rs2, %rs1};",
            (x, y, z) -> Integer.rotateLeft(x, 16)));
  }

  static Stream<Arguments> wideInstructions() {
    return Stream.of(
        case64("mul.wide.s32 %rd0, %r1, %r2;", (x, y, z) -> (long) x * y),
        case64("mul.wide.u32 %rd0, %r1, %r2;", (x, y, z) -> unsigned(x) * unsigned(y)),
        case64("mad.wide.s32 %rd0, %r1, %r2, %rd1;", (x, y, z) -> (long) x * y + pair(x, y)),
        case64("mul.lo.s64 %rd0, %rd1, %rd2;", (x, y, z) -> pair(x, y) * pair(y, z)),
        case64(
            "mul.hi.s64 %rd0, %rd1, %rd2;", (x, y, z) -> Math.multiplyHigh(pair(x, y), pair(y, z))),
        case64("sub.s64 %rd0, %rd1, %rd2;", (x, y, z) -> pair(x, y) - pair(y, z)),
        case64("cvt.s64.s32 %rd0, %r1;", (x, y, z) -> x),
        case64("cvt.u64.u32 %rd0, %r1;", (x, y, z) -> unsigned(x)),
        case64("shr.s64 %rd0, %rd1, 40;", (x, y, z) -> pair(x, y) >> 40),
        case64("shr.u64 %rd0, %rd1, 40;", (x, y, z) -> pair(x, y) >>> 40),
        case64("bfe.s64 %rd0, %rd1, 20, 30;", (x, y, z) -> (pair(x, y) << 14) >> 34),
        case64(
            "setp.lt.s64 %p2, %rd1, 0; selp.b64 %rd0, 1, 2, %p2;",
            (x, y, z) -> signOf(pair(x, y)) ? 1 : 2),
        case64(
            "or.b64 %rd2, %rd2, 1; div.u64 %rd0, %rd1, %rd2;",
            (x, y, z) -> Long.divideUnsigned(pair(x, y), pair(y, z) | 1)));
  }

  private static long pair(int low, int high) {
    return ((long) high << 32) | unsigned(low);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instructions")
  void instruction_agreesWithJava(String instruction, Expected expected) {
    int[] results = runner.ints(instruction);
    for (int lane = 0; lane < 32; lane++) {
      int want = expected.of(runner.a[lane], runner.b[lane], runner.c[lane]);
      assertEquals(want, results[lane], instruction + " in lane " + lane);
    }
  }

  @Test
  void shift_byLane_andPredicateOfOddLanes() {
    int[] shifted = runner.ints("shl.b32 %r0, %r1, %r4;");
    int[] even = runner.ints("setp.eq.and.s32 %p2, %r1, %r1, !%p1; selp.u32 %r0, 1, 0, %p2;");
    int[] predicated =
        runner.ints("mov.u32 %r0, 5; @%p1 mov.u32 %r0, 6; @!%p1 add.u32 %r0, %r0, 1;");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(runner.a[lane] << lane, shifted[lane]);
      assertEquals(1 - lane % 2, even[lane]);
      assertEquals(6, predicated[lane]);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wideInstructions")
  void wideInstruction_agreesWithJava(String instruction, WideExpected expected) {
    long[] results = runner.longs(instruction);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(
          expected.of(runner.a[lane], runner.b[lane], runner.c[lane]),
          results[lane],
          instruction + " in lane " + lane);
    }
  }
}
