package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that takes the time it is told to, on a clock of its own. */
class ContestTest {
  private final Philox random = new Philox(7, 0);
  private long now;

  private long clock() {
    return now;
  }

  /** Takes so long, give or take a share that is drawn anew every time. */
  private Runnable work(double nanos, double noise) {
    return () -> now += Math.round(nanos * (1 + noise * random.nextDouble(-1, 1)));
  }

  @Test
  void clearlyFastest_wins_withItsSpeedup() {
    List<Runnable> entrants =
        List.of(work(20e6, 0.1), work(30e6, 0.1), work(10e6, 0.1), work(15e6, 0.1));
    Contest.Result result = new Contest(this::clock, entrants).run();
    assertEquals(2, result.winner());
    assertEquals(2, result.standings().get(2).speedup(), 0.2);
    assertEquals(10e6, result.standings().get(2).nanos(), 1e6);
  }

  @Test
  void entrantsAsFastAsTheDefault_neverWin_howeverManyAndNoisy() {
    int wins = 0;
    for (int contest = 0; contest < 50; contest++) {
      List<Runnable> entrants = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        entrants.add(work(20e6, 0.4));
      }
      wins += new Contest(this::clock, entrants).run().winner() == 0 ? 0 : 1;
    }
    // By the sign test one in a hundred finals, of which one is expected here.
    assertTrue(wins <= 2, wins + " of 50");
  }

  @Test
  void gainOfTwoPercent_isNotWorthAChange() {
    List<Runnable> entrants = List.of(work(20e6, 0), work(19.6e6, 0));
    Contest.Result result = new Contest(this::clock, entrants).run();
    assertEquals(0, result.winner());
    assertEquals(1, result.fastest());
  }

  @Test
  void loadThatComesAndGoes_meetsAll() {
    // The machine is three times as slow in every other tenth of a second.
    List<Runnable> entrants = new ArrayList<>();
    for (double nanos : new double[] {20e6, 12e6, 21e6}) {
      entrants.add(() -> now += Math.round(nanos * (now / 100_000_000 % 2 == 0 ? 1 : 3)));
    }
    assertEquals(1, new Contest(this::clock, entrants).run().winner());
  }

  @Test
  void shortWork_isRepeatedUntilItCanBeMeasured() {
    int[] runs = new int[1];
    Runnable counted =
        () -> {
          runs[0]++;
          now += 100_000;
        };
    new Contest(this::clock, List.of(counted)).run();
    assertTrue(runs[0] > 300, runs[0] + " runs of 0.1 ms");
  }

  @Test
  void defaultAlone_wins() {
    Contest.Result result = new Contest(this::clock, List.of(work(20e6, 0.2))).run();
    assertEquals(0, result.winner());
    assertEquals(1, result.standings().get(0).speedup());
  }
}
