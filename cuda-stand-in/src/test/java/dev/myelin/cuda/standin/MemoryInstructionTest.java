package dev.myelin.cuda.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Loads and stores of all widths and spaces, atomics, and exchange within a warp. */
class MemoryInstructionTest {
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

  @Test
  void sharedVectors_keepTheirOrder() {
    int[] results =
        runner.ints(
            "st.shared.v4.u32 [%r6], {%r1, %r2, %r3, %r4}; bar.warp.sync -1; xor.b32 %r7, %r6, 16;"
                + " ld.shared.v2.u32 {%r8, %r0}, [%r7+8];");
    int[] seconds =
        runner.ints(
            "st.shared.v4.u32 [%r6], {%r1, %r2, %r3, %r4}; bar.warp.sync -1; xor.b32 %r7, %r6, 16;"
                + " ld.shared.v4.u32 {_, %r0, _, _}, [%r7];");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane ^ 1, results[lane]);
      assertEquals(runner.b[lane ^ 1], seconds[lane]);
    }
    TestDevice.requireNoReports();
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void exchangeThroughSharedMemory_withoutWarpSync_isRace() {
    runner.ints("st.shared.u32 [%r6], %r1; xor.b32 %r7, %r6, 16; ld.shared.u32 %r0, [%r7];");
    assertTrue(StandInDriver.reports().get(0).startsWith("race: shared write-read"));
  }

  @Test
  void bytesAndHalves_extendAsTheirTypesSay() {
    String store = "st.shared.u32 [%r6], %r1; ";
    int[] signedByte = runner.ints(store + "ld.shared.s8 %r0, [%r6+1];");
    int[] unsignedByte = runner.ints(store + "ld.shared.u8 %r0, [%r6+1];");
    int[] signedHalf = runner.ints(store + "ld.shared.s16 %r0, [%r6+2];");
    int[] viaHalf = runner.ints(store + "ld.shared.u8 %rs1, [%r6+3]; cvt.u32.u16 %r0, %rs1;");
    int[] written = runner.ints(store + "st.shared.u8 [%r6], %r2; ld.shared.u32 %r0, [%r6];");
    for (int lane = 0; lane < 32; lane++) {
      int value = runner.a[lane];
      assertEquals((byte) (value >> 8), signedByte[lane]);
      assertEquals((value >> 8) & 255, unsignedByte[lane]);
      assertEquals(value >> 16, signedHalf[lane]);
      assertEquals(value >>> 24, viaHalf[lane]);
      assertEquals((value & ~255) | (runner.b[lane] & 255), written[lane]);
    }
  }

  @Test
  void genericAddresses_reachEverySpace() {
    int[] shared =
        runner.ints(
            "cvt.u64.u32 %rd3, %r6; cvta.shared.u64 %rd3, %rd3;"
                + " st.u32 [%rd3], %r1; ld.shared.u32 %r0, [%r6];");
    int[] local =
        runner.ints(
            "st.local.u32 [local+8], %r1; mov.u64 %rd3, local; cvta.local.u64 %rd3, %rd3; ld.u32 %r0, [%rd3+8];");
    int[] global = runner.ints("cvta.to.global.u64 %rd3, %rd6; ld.u32 %r0, [%rd3];");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(runner.a[lane], shared[lane]);
      assertEquals(runner.a[lane], local[lane]);
      assertEquals(runner.b[lane], global[lane]);
    }
  }

  @Test
  void atomics_giveTheOldValue() {
    int[] sums =
        runner.ints(
            "setp.eq.u32 %p2, %r4, 0; @%p2 st.shared.u32 [shared], %r5;"
                + " bar.warp.sync -1; atom.shared.add.u32 %r0, [shared], 3;");
    int[] exchanged =
        runner.ints("st.shared.u32 [%r6], %r1; atom.shared.exch.b32 %r0, [%r6], %r2;");
    int[] swapped =
        runner.ints(
            "st.shared.u32 [%r6], %r1; atom.shared.cas.b32 %r7, [%r6], %r1, %r2; ld.shared.u32 %r0, [%r6];");
    int[] largest =
        runner.ints(
            "st.shared.u32 [%r6], %r1; red.shared.max.s32 [%r6], %r2; ld.shared.u32 %r0, [%r6];");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(3 * lane, sums[lane]);
      assertEquals(runner.a[lane], exchanged[lane]);
      assertEquals(runner.b[lane], swapped[lane]);
      assertEquals(Math.max(runner.a[lane], runner.b[lane]), largest[lane]);
    }
  }

  @Test
  void shuffles_moveLanes() {
    int[] down = runner.ints("shfl.sync.down.b32 %r0, %r4, 4, 31, -1;");
    int[] up = runner.ints("shfl.sync.up.b32 %r0, %r4, 1, 0, -1;");
    int[] butterfly = runner.ints("shfl.sync.bfly.b32 %r0, %r4, 16, 31, -1;");
    int[] segment = runner.ints("shfl.sync.idx.b32 %r0|%p2, %r4, 3, 0x1807, -1;");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane < 28 ? lane + 4 : lane, down[lane]);
      assertEquals(Math.max(lane - 1, 0), up[lane]);
      assertEquals(lane ^ 16, butterfly[lane]);
      assertEquals((lane & ~7) + 3, segment[lane]);
    }
    TestDevice.requireNoReports();
  }

  @Test
  void votesAndReductions_seeAllLanes() {
    int[] ballot = runner.ints("vote.sync.ballot.b32 %r0, %p1, -1;");
    int[] all = runner.ints("vote.sync.all.pred %p2, %p1, -1; selp.u32 %r0, 1, 0, %p2;");
    int[] any = runner.ints("vote.sync.any.pred %p2, !%p1, -1; selp.u32 %r0, 1, 0, %p2;");
    int[] sum = runner.ints("redux.sync.add.u32 %r0, %r4, -1;");
    int[] active = runner.ints("@%p1 activemask.b32 %r0;");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(0xaaaaaaaa, ballot[lane]);
      assertEquals(0, all[lane]);
      assertEquals(1, any[lane]);
      assertEquals(31 * 16, sum[lane]);
      assertEquals(lane % 2 == 0 ? 0 : 0xaaaaaaaa, active[lane]);
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = "myelin.cuda.driver",
      matches = "real",
      disabledReason = "a real device does anything")
  void shuffle_whoseMaskNamesAbsentLanes_isReported() {
    runner.ints("@%p1 bra skip; shfl.sync.bfly.b32 %r0, %r4, 2, 31, -1; skip:");
    assertTrue(
        StandInDriver.reports().get(0).startsWith("divergence: the member mask does not name"),
        () -> StandInDriver.reports().toString());
  }

  @Test
  void divergentLoop_runsEachLaneItsOwnCount() {
    int[] results =
        runner.ints(
            "mov.u32 %r7, 0; again: setp.ge.u32 %p2, %r7, %r4; @%p2 bra done; add.u32 %r0, %r0, 2;"
                + " add.u32 %r7, %r7, 1; bra again; done:");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(2 * lane, results[lane]);
    }
  }
}
