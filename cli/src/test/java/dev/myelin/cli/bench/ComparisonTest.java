package dev.myelin.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Work that takes the time it is told to, on a clock of its own. */
class ComparisonTest {
  private static final Plan PLAN = new Plan(40_000_000, 25, 25, 1L << 60);

  private final Philox random = new Philox(11, 0);
  private final List<String> turns = new ArrayList<>();
  private double now;

  private final class Timed implements Contender {
    private final String name;
    private final DoubleSupplier nanos;

    Timed(String name, DoubleSupplier nanos) {
      this.name = name;
      this.nanos = nanos;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void run(int repetitions) {
      turns.add(name);
      for (int i = 0; i < repetitions; i++) {
        now += nanos.getAsDouble();
      }
    }

    @Override
    public void close() {}
  }

  private Contender steady(String name, double nanos) {
    return new Timed(name, () -> nanos);
  }

  private Contender noisy(String name, double nanos, double noise) {
    return new Timed(name, () -> nanos * (1 + noise * random.nextDouble(-1, 1)));
  }

  private Comparison.Result compare(Contender... contenders) {
    return compare(PLAN, contenders);
  }

  private Comparison.Result compare(Plan plan, Contender... contenders) {
    return new Comparison(plan, () -> Math.round(now), () -> 0).run(List.of(contenders));
  }

  @Test
  void turns_areMadeAsLongAsARound_andTimesAreOfOneOperation() {
    List<Standing> standings =
        compare(steady("micro", 1000), steady("milli", 1e6), steady("second", 1e9)).standings();
    assertEquals(40_000, standings.get(0).repetitions());
    assertEquals(40, standings.get(1).repetitions());
    assertEquals(1, standings.get(2).repetitions());
    assertEquals(1000, standings.get(0).nanos().median(), 1e-3);
    assertEquals(1e6, standings.get(1).nanos().median(), 1);
    assertEquals(1e9, standings.get(2).nanos().median(), 1);
    assertEquals(1e-3, standings.get(1).speedups().median(), 1e-9);
  }

  @Test
  void workThatTakesNoTimeAtAll_endsCalibration() {
    Standing nothing = compare(steady("nothing", 0)).standings().get(0);
    assertTrue(nothing.nanos().median() < 1e-6, "nanos " + nothing.nanos().median());
  }

  @Test
  void loadThatComesAndGoes_dropsOutOfTheRatios() {
    // The machine is three times as slow for 1.5 s of every 2.5 s: longer than a round takes.
    DoubleSupplier load = () -> now / 500_000_000 % 5 < 2 ? 1 : 3;
    List<Standing> standings =
        compare(
                new Timed("reference", () -> 1e6 * load.getAsDouble()),
                new Timed("faster", () -> 0.9e6 * load.getAsDouble()))
            .standings();
    assertEquals(Verdict.FASTER, standings.get(1).verdict());
    assertEquals(1 / 0.9, standings.get(1).speedups().median(), 0.01);
    assertTrue(standings.get(0).nanos().relativeSpread() > 0.5, "the load was there");
  }

  @ParameterizedTest
  @CsvSource({
    "0.90, FASTER",
    "0.98, FASTER",
    "0.995, NOT_TOLD_APART",
    "1, NOT_TOLD_APART",
    "1.005, NOT_TOLD_APART",
    "1.02, SLOWER",
    "1.1, SLOWER"
  })
  void steadyDifference_isCalledFromOnePercentOn(double factor, Verdict expected) {
    Comparison.Result result = compare(steady("a", 50e6), steady("b", factor * 50e6));
    assertEquals(expected, result.standings().get(1).verdict());
  }

  @Test
  void differenceInsideTheNoise_isNotCalled() {
    Comparison.Result result = compare(noisy("a", 50e6, 0.5), noisy("b", 48.5e6, 0.5));
    Standing standing = result.standings().get(1);
    assertEquals(Verdict.NOT_TOLD_APART, standing.verdict());
    assertTrue(standing.speedupInterval().low() < 1 && standing.speedupInterval().high() > 1);
  }

  @Test
  void equals_areCalledDifferentAsRarelyAsTheConfidenceSays() {
    int called = 0;
    int tried = 1000;
    for (int i = 0; i < tried; i++) {
      double[] ratios = new double[25];
      for (int round = 0; round < ratios.length; round++) {
        double reference = random.nextDouble(1, 2);
        ratios[round] = reference / random.nextDouble(1, 2);
      }
      Standing standing = new Standing("equal", 1, new Samples(1), new Samples(ratios));
      called += standing.verdict() == Verdict.NOT_TOLD_APART ? 0 : 1;
    }
    // Ten are expected at most; nineteen have a probability below one in a hundred.
    assertTrue(called < 19, called + " of " + tried);
  }

  @Test
  void fewRounds_decideNothing() {
    Plan plan = new Plan(40_000_000, 5, 5, 1L << 60);
    Comparison.Result result = compare(plan, steady("a", 1e6), steady("b", 2e6));
    assertEquals(5, result.standings().get(1).nanos().count());
    assertEquals(Verdict.NOT_TOLD_APART, result.standings().get(1).verdict());
  }

  @Test
  void warmUp_lastsUntilNothingGetsFaster() {
    int[] calls = new int[1];
    // Three steps, as an interpreter and two compilers make them.
    Contender compiled =
        new Timed("compiled", () -> ++calls[0] < 5 ? 20e6 : calls[0] < 8 ? 8e6 : 2e6);
    Comparison.Result result = compare(steady("steady", 2e6), compiled);
    assertTrue(result.isSettled());
    assertEquals(2e6, result.standings().get(1).nanos().upperQuartile(), 1);
    assertEquals(20, result.standings().get(1).repetitions());
    assertEquals(Verdict.NOT_TOLD_APART, result.standings().get(1).verdict());
  }

  @Test
  void warmUp_waitsForCompilersThatAreBusy_howeverSteadyTheTimes() {
    // In the first second they take a tenth of the time.
    LongSupplier compilerMillis = () -> Math.round(Math.min(now, 1e9) / 1e7);
    Comparison.Result result =
        new Comparison(PLAN, () -> Math.round(now), compilerMillis)
            .run(List.of(steady("steady", 1e6)));
    assertTrue(result.isSettled());
    // Calibration takes 43 operations of 1 ms, and each round 40.
    assertEquals(24 + Comparison.SETTLED_ROUNDS, result.warmUpRounds(), 1);
    assertEquals(Comparison.SETTLED_ROUNDS, compare(steady("a", 1e6)).warmUpRounds(), 1);
  }

  @Test
  void warmUp_thatTakesTooLong_endsAndIsReported() {
    double[] nanos = {1e9};
    Contender faster = new Timed("faster", () -> nanos[0] = Math.max(1000, nanos[0] * 0.95));
    Comparison.Result result = compare(new Plan(40_000_000, 9, 25, 3_000_000_000L), faster);
    assertFalse(result.isSettled());
    assertEquals(9, result.standings().get(0).nanos().count());
  }

  @Test
  void rounds_areAsManyAsTheBudgetHolds_betweenLeastAndMost() {
    assertEquals(9, rounds(0));
    assertEquals(101, rounds(1000));
    int some = rounds(4);
    // Of 100 turns of 40 ms two play a round, and a few are spent before.
    assertTrue(some > 30 && some <= 50, some + " rounds");
  }

  private int rounds(double seconds) {
    return compare(Plan.ofSeconds(seconds), steady("a", 1e6), steady("b", 1e6))
        .standings()
        .get(0)
        .nanos()
        .count();
  }

  @Test
  void turns_rotateSoThatNobodyIsAlwaysFirst_orAlwaysBehindTheSame() {
    Plan plan = new Plan(40_000_000, 12, 12, 1L << 60);
    compare(plan, steady("a", 40e6), steady("b", 40e6), steady("c", 40e6));
    List<String> measured = turns.subList(turns.size() - 36, turns.size());
    List<String> rounds = new ArrayList<>();
    for (int i = 0; i < measured.size(); i += 3) {
      rounds.add(String.join("", measured.subList(i, i + 3)));
    }
    for (String name : List.of("a", "b", "c")) {
      assertEquals(4, rounds.stream().filter(round -> round.startsWith(name)).count(), name);
      assertEquals(4, rounds.stream().filter(round -> round.endsWith(name)).count(), name);
    }
    assertEquals(6, rounds.stream().distinct().count(), "all orders: " + rounds);
  }

  @Test
  void noContenders_areRefused() {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, this::compare);
    assertEquals("there must be at least one contender", refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 0, 'roundNanos must be at least 1, but is 0'",
    "1, 0, 1, 0, '1 <= leastRounds <= mostRounds must hold, but they are 0 and 1'",
    "1, 3, 2, 0, '1 <= leastRounds <= mostRounds must hold, but they are 3 and 2'",
    "1, 1, 1, -1, 'budgetNanos must not be negative, but is -1'"
  })
  void plan_outOfRange_isRefused(long round, int least, int most, long budget, String message) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Plan(round, least, most, budget));
    assertEquals(message, refused.getMessage());
  }
}
