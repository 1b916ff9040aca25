package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;

import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;

/**
 * Runs PTX instructions on the 32 lanes of a warp, with inputs %r1, %r2, %r3 as instruction.ptx
 * says.
 */
final class InstructionRunner implements AutoCloseable {
  private static final String TEMPLATE = resource("instruction.ptx");

  /** Corners of 32-bit integers, and floats' bits among them. */
  private static final int[] CORNERS = {
    0,
    1,
    -1,
    2,
    -2,
    3,
    7,
    -7,
    31,
    32,
    33,
    100,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0x12345678,
    0xfedcba98,
    0x3f800000
  };

  private final TestDevice device = new TestDevice();
  int[] a = IntStream.range(0, 32).map(lane -> CORNERS[lane % CORNERS.length]).toArray();
  int[] b = IntStream.range(0, 32).map(lane -> CORNERS[(lane * 5 + 3) % CORNERS.length]).toArray();
  int[] c = IntStream.range(0, 32).map(lane -> CORNERS[(lane * 3 + 11) % CORNERS.length]).toArray();

  void floats(float[] first, float[] second, float[] third) {
    a = bits(first);
    b = bits(second);
    c = bits(third);
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, 32)
        .map(lane -> Float.floatToRawIntBits(values[lane % values.length]))
        .toArray();
  }

  /** The results in %r0 of 32 lanes. */
  int[] ints(String instruction) {
    long[] raw = run(instruction, "u32", "%r0");
    return IntStream.range(0, 32).map(lane -> (int) raw[lane]).toArray();
  }

  /** The results in %f0. */
  float[] floats(String instruction) {
    long[] raw = run(instruction, "f32", "%f0");
    float[] values = new float[32];
    for (int lane = 0; lane < 32; lane++) {
      values[lane] = Float.intBitsToFloat((int) raw[lane]);
    }
    return values;
  }

  /** The results in %rd0. */
  long[] longs(String instruction) {
    return run(instruction, "u64", "%rd0");
  }

  private long[] run(String instruction, String type, String register) {
    String ptx =
        TEMPLATE
            .replace("INSTRUCTION\n", instruction + "\n")
            .replace("RESULT_REGISTER", register)
            .replace("RESULT", type);
    CUdeviceptr out = device.upload(new int[64]);
    succeeds(
        device.run(
            device.function(ptx, "run"),
            1,
            32,
            device.upload(a),
            device.upload(b),
            device.upload(c),
            out));
    return device.longs(out, 32);
  }

  @Override
  public void close() {
    device.close();
  }
}
