package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.nameOf;
import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Mistakes planted in kernels: each is found, and the same kernel without it raises nothing. */
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver does not look for mistakes")
class KernelMistakesTest {
  private static final String KERNELS = resource("kernels.ptx");

  private TestDevice device;

  @BeforeEach
  void open() {
    StandInDriver.loadOrSkip();
    device = new TestDevice();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static float[] upTo(int count) {
    float[] values = new float[count];
    for (int index = 0; index < count; index++) {
      values[index] = index;
    }
    return values;
  }

  private static float[] reversed() {
    float[] values = new float[64];
    for (int index = 0; index < 64; index++) {
      values[index] = 63 - index;
    }
    return values;
  }

  /** Runs a kernel of one block of 64 threads from in to out. */
  private float[] transform(String ptx, String kernel) {
    CUdeviceptr in = device.upload(upTo(64));
    CUdeviceptr out = device.allocate(256);
    succeeds(device.run(device.function(ptx, kernel), 1, 64, in, out));
    return device.floats(out, 64);
  }

  private static String without(String line) {
    assertTrue(KERNELS.contains(line), line);
    return KERNELS.replace(line, "");
  }

  private static void assertReport(String... parts) {
    List<String> reports = StandInDriver.reports();
    assertTrue(
        reports.stream().anyMatch(r -> List.of(parts).stream().allMatch(r::contains)),
        () -> reports + " should tell " + List.of(parts));
  }

  @Test
  void barrier_inPlace_raisesNothing() {
    assertArrayEquals(reversed(), transform(KERNELS, "reverse"));
    assertEquals(List.of(), StandInDriver.reports());
  }

  @Test
  void barrier_removed_isRace() {
    transform(without("bar.sync 0; // between the writes and the reads"), "reverse");
    assertReport("race: shared", "reverse: PTX line 26");
  }

  @Test
  void eitherOfTwoBarriers_removed_isRace() {
    transform(KERNELS, "rotateTwice");
    assertEquals(List.of(), StandInDriver.reports());
    for (String barrier : List.of("bar.sync 0; // first", "bar.sync 0; // second")) {
      StandInDriver.clearReports();
      transform(without(barrier), "rotateTwice");
      assertReport("race: shared", "rotateTwice");
    }
  }

  @Test
  void raceChecks_off_raiseNothing() {
    StandInDriver.setRaceChecks(false);
    transform(without("bar.sync 0; // between the writes and the reads"), "reverse");
    assertEquals(List.of(), StandInDriver.reports());
  }

  @Test
  void atomicCount_isExactAndNoRace() {
    CUdeviceptr out = device.upload(0);
    succeeds(device.run(device.function(KERNELS, "countThreads"), 3, 96, out));
    assertEquals(3 * 96, device.ints(out, 1)[0]);
    assertEquals(List.of(), StandInDriver.reports());
  }

  @Test
  void plainCount_isRaceOfThreadsAndOfBlocks() {
    String plain =
        KERNELS.replace(
            "red.global.add.u32 [%o], 1;",
            "ld.global.u32 %v, [%o]; add.u32 %v, %v, 1; st.global.u32 [%o], %v;");
    succeeds(device.run(device.function(plain, "countThreads"), 1, 64, device.upload(0)));
    assertReport("race: global", "against thread");
    StandInDriver.clearReports();
    succeeds(device.run(device.function(plain, "countThreads"), 2, 1, device.upload(0)));
    assertReport("race: global", "against another block");
  }

  @Test
  void guard_removed_isOutOfBounds() {
    CUdeviceptr in = device.upload(upTo(100));
    CUdeviceptr out = device.allocate(400);
    succeeds(device.run(device.function(KERNELS, "addOne"), 2, 64, in, out, 100));
    assertEquals(100.0f, device.floats(out, 100)[99]);
    int code = device.run(device.function(KERNELS, "addOne"), 2, 64, in, out, 101);
    assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", nameOf(code));
    assertReport("fault: global read out of bounds", "addOne", "block 1 thread 36");
  }

  @Test
  void outOfBounds_leavesContextUnusable() {
    CUdeviceptr in = device.upload(upTo(1));
    device.run(device.function(KERNELS, "addOne"), 1, 64, in, in, 2);
    assertEquals(
        "CUDA_ERROR_ILLEGAL_ADDRESS",
        nameOf(jcuda.driver.JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)));
  }

  @Test
  void asyncCopy_waitedFor_raisesNothing() {
    assertArrayEquals(reversed(), transform(KERNELS, "reverseAsync"));
    assertEquals(List.of(), StandInDriver.reports());
  }

  @Test
  void asyncCopy_notWaitedFor_readsNanAndIsReported() {
    float[] result = transform(without("cp.async.wait_group 0;"), "reverseAsync");
    for (float value : result) {
      assertTrue(Float.isNaN(value), "the copy must not have arrived");
    }
    assertReport("async: read of shared memory", "reverseAsync");
  }

  @Test
  void asyncCopy_waitForAllButTheLastGroup_isNotEnough() {
    float[] result =
        transform(
            KERNELS.replace("cp.async.wait_group 0;", "cp.async.wait_group 1;"), "reverseAsync");
    assertTrue(Float.isNaN(result[0]));
  }

  @Test
  void asyncCopy_withoutBarrier_isRace() {
    transform(
        KERNELS.replaceAll("(cp.async.wait_group 0;.*\n)  bar.sync 0;", "$1"), "reverseAsync");
    assertReport("reverseAsync");
  }

  @Test
  void sharedMemory_neverWritten_isReportedAndReadsNan() {
    CUdeviceptr out = device.allocate(256);
    succeeds(device.run(device.function(KERNELS, "uninitialised"), 1, 64, out));
    assertTrue(Float.isNaN(device.floats(out, 1)[0]));
    assertReport("uninitialised: read of shared memory that nothing has written");
  }

  @Test
  void barrier_afterReturnOfOthers_isReported() {
    succeeds(device.run(device.function(KERNELS, "earlyReturn"), 1, 64));
    assertReport("divergence", "earlyReturn", "32 of the block have returned");
  }

  @Test
  void barriers_atDifferentPlaces_endTheLaunch() {
    assertEquals(
        "CUDA_ERROR_LAUNCH_FAILED",
        nameOf(device.run(device.function(KERNELS, "twoBarriers"), 1, 64)));
    assertReport("fault: twoBarriers: threads of block 0 wait at different barriers");
  }

  @Test
  void kernel_withoutEnd_timesOut() {
    StandInDriver.setInstructionLimit(100_000);
    assertEquals(
        "CUDA_ERROR_LAUNCH_TIMEOUT",
        nameOf(device.run(device.function(KERNELS, "forever"), 1, 32)));
  }

  @Test
  void readOnlyLoad_ofWhatIsWritten_isReported() {
    CUdeviceptr in = device.upload(upTo(64));
    CUdeviceptr out = device.allocate(256);
    succeeds(device.run(device.function(KERNELS, "readOnly"), 1, 64, in, out));
    assertEquals(List.of(), StandInDriver.reports());
    succeeds(device.run(device.function(KERNELS, "readOnly"), 1, 64, in, in));
    assertReport("read-only: write to memory that this launch reads through ld.global.nc");
  }

  @Test
  void misalignedStore_ends() {
    assertEquals(
        "CUDA_ERROR_MISALIGNED_ADDRESS",
        nameOf(device.run(device.function(KERNELS, "misaligned"), 1, 1, device.allocate(64))));
  }

  @Test
  void statistics_countSectorsAndBankConflicts() {
    StandInDriver.setStatistics(true);
    transform(KERNELS, "reverse");
    assertEquals(2, StandInDriver.statistics().get("globalLoads"));
    assertEquals(8, StandInDriver.statistics().get("globalLoadSectors"));
    assertEquals(0, StandInDriver.statistics().get("sharedBankConflicts"));
    transform(
        KERNELS.replace(
            "shl.b32 %s, %t, 2;\n  mov", "shl.b32 %s, %t, 3; and.b32 %s, %s, 255;\n  mov"),
        "reverse");
    assertEquals(true, StandInDriver.statistics().get("sharedBankConflicts") > 0);
  }
}
