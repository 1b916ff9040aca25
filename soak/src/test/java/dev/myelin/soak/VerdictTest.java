package dev.myelin.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final long MIB = 1 << 20;

  private static Verdict of(int samples, LongUnaryOperator residentBytes, LongUnaryOperator files) {
    List<Sample> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      long resident = residentBytes.applyAsLong(i);
      all.add(new Sample(i, i, resident, 4 * MIB, 100, 0, 9, (int) files.applyAsLong(i)));
    }
    return Verdict.of(all);
  }

  @Test
  void memoryThatGrowsInTheFirstQuarterOnly_isFlat() {
    Verdict verdict = of(100, i -> 300 * MIB + Math.min(i, 25) * 10 * MIB, i -> 30);
    assertTrue(verdict.isGiven());
    assertTrue(verdict.isFlat());
    assertEquals(6, verdict.lines().size());
  }

  @Test
  void aSingleOutlier_doesNotCount() {
    assertTrue(of(100, i -> i == 90 ? 900 * MIB : 300 * MIB, i -> 30).isFlat());
  }

  @Test
  void memoryThatGrowsToTheEnd_isNotFlat_andTheLineSaysByHowMuch() {
    Verdict verdict = of(100, i -> 300 * MIB + i * MIB, i -> 30);
    assertFalse(verdict.isFlat());
    assertFalse(verdict.isPassed());
    Verdict.Line resident = verdict.lines().get(0);
    assertEquals("resident bytes", resident.what());
    // Medians are those of samples 37 and 87.
    assertEquals(337 * MIB, resident.before());
    assertEquals(387 * MIB, resident.after());
    assertTrue(resident.toString().endsWith("GROWS"), resident.toString());
  }

  @Test
  void oneFileMore_isNotFlat() {
    assertFalse(of(100, i -> 300 * MIB, i -> i < 60 ? 30 : 31).isFlat());
  }

  @Test
  void fewSamples_giveNoVerdict() {
    assertFalse(of(11, i -> 300 * MIB, i -> 30).isGiven());
    assertFalse(of(11, i -> 300 * MIB, i -> 30).isPassed());
    assertTrue(of(12, i -> 300 * MIB, i -> 30).isGiven());
    assertTrue(of(12, i -> 300 * MIB, i -> 30).isPassed());
  }
}
