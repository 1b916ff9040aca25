package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * mma and wgmma on bf16 against float64. Inputs are small integers, so products and sums are exact.
 * Fragment layouts are those of the PTX ISA: lane = 4 group + member.
 */
class TensorCoreTest {
  private TestDevice device;

  @BeforeEach
  void open() {
    TestDevice.loadDriver();
    device = new TestDevice();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static float left(int row, int k) {
    return (row * 3 + k * 5) % 11 - 5;
  }

  private static float right(int k, int column) {
    return (k * 7 + column * 2) % 13 - 6;
  }

  private static float product(int row, int column) {
    float sum = 0;
    for (int k = 0; k < 16; k++) {
      sum += left(row, k) * right(k, column);
    }
    return sum;
  }

  private static int bfloat16(float value) {
    return Float.floatToRawIntBits(value) >>> 16;
  }

  private static int pair(float low, float high) {
    return bfloat16(low) | (bfloat16(high) << 16);
  }

  @Test
  void mma_bfloat16_multipliesFragments() {
    int[] a = new int[128];
    int[] b = new int[64];
    float[] c = new float[128];
    for (int lane = 0; lane < 32; lane++) {
      int group = lane / 4;
      int member = lane % 4;
      for (int word = 0; word < 4; word++) {
        int row = group + word % 2 * 8;
        int k = member * 2 + word / 2 * 8;
        a[lane * 4 + word] = pair(left(row, k), left(row, k + 1));
        c[lane * 4 + word] = 100 * lane + word;
      }
      for (int word = 0; word < 2; word++) {
        int k = member * 2 + word * 8;
        b[lane * 2 + word] = pair(right(k, group), right(k + 1, group));
      }
    }
    CUdeviceptr d = device.allocate(512);
    succeeds(
        device.run(
            device.function(resource("matrices.ptx"), "mmaBfloat16"),
            1,
            32,
            device.upload(a),
            device.upload(b),
            device.upload(c),
            d));
    float[] results = device.floats(d, 128);
    for (int lane = 0; lane < 32; lane++) {
      for (int word = 0; word < 4; word++) {
        float expected =
            product(lane / 4 + word / 2 * 8, lane % 4 * 2 + word % 2) + 100 * lane + word;
        assertEquals(expected, results[lane * 4 + word], "lane " + lane + " word " + word);
      }
    }
  }

  /** Core matrices of 8 rows of 16 bytes; along k the next is 128 bytes on, along the rows 256. */
  private static int[] operands() {
    byte[] bytes = new byte[2304];
    for (int k = 0; k < 16; k++) {
      for (int row = 0; row < 64; row++) {
        put(bytes, row / 8 * 256 + k / 8 * 128 + row % 8 * 16 + k % 8 * 2, left(row, k));
      }
      for (int column = 0; column < 8; column++) {
        put(bytes, 2048 + k / 8 * 128 + column * 16 + k % 8 * 2, right(k, column));
      }
    }
    int[] words = new int[bytes.length / 4];
    java.nio.ByteBuffer.wrap(bytes)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(words);
    return words;
  }

  private static void put(byte[] bytes, int at, float value) {
    bytes[at] = (byte) bfloat16(value);
    bytes[at + 1] = (byte) (bfloat16(value) >>> 8);
  }

  private float[] warpgroupProduct(String ptx) {
    CUdeviceptr d = device.allocate(2048);
    succeeds(
        device.run(device.function(ptx, "wgmmaBfloat16"), 1, 128, device.upload(operands()), d));
    return device.floats(d, 512);
  }

  @Test
  void wgmma_waitedFor_addsUpBothProducts() {
    float[] results = warpgroupProduct(resource("matrices.ptx"));
    for (int thread = 0; thread < 128; thread++) {
      for (int word = 0; word < 4; word++) {
        int row = thread / 32 * 16 + thread % 32 / 4 + word / 2 * 8;
        int column = thread % 4 * 2 + word % 2;
        assertEquals(
            2 * product(row, column),
            results[thread * 4 + word],
            "row " + row + " column " + column);
      }
    }
    TestDevice.requireNoReports();
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void wgmma_notWaitedFor_givesNan() {
    String ptx = resource("matrices.ptx");
    String wait = "wgmma.wait_group.sync.aligned 0;";
    assertTrue(ptx.contains(wait));
    for (String instead : new String[] {"", "wgmma.wait_group.sync.aligned 1;"}) {
      for (float value : warpgroupProduct(ptx.replace(wait, instead))) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void wgmma_operandWrittenWithoutBarrier_isRace() {
    String ptx = resource("matrices.ptx");
    warpgroupProduct(ptx.replace("fence.proxy.async.shared::cta;\n  bar.sync 0;", ""));
    assertTrue(
        StandInDriver.reports().stream().anyMatch(report -> report.contains("wgmmaBfloat16")),
        () -> StandInDriver.reports().toString());
  }
}
