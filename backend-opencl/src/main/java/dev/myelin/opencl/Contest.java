package dev.myelin.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Which of several ways to do one piece of work is fastest, on a machine that others use, too. All
 * take turns, and only times of one round are compared with each other. The default is left only
 * for what beats it in a final of fresh rounds: the fastest of many is fast partly by luck, and
 * that luck must not count.
 */
final class Contest {
  /** Below this gain over the default a change is not worth it. */
  static final double LEAST_SPEEDUP = 1.03;

  /** Who is so many times as slow as the default in the first round has had its last. */
  private static final double HOPELESS = 2;

  /** Rounds that all others take part in, after the first. */
  static final int FIRST_ROUNDS = 2;

  /** How many go on, and for how many more rounds. */
  static final int LAST_FEW = 6;

  static final int NEXT_ROUNDS = 8;

  /** Rounds of the final between the fastest and the default. */
  static final int FINAL_ROUNDS = 25;

  /** By luck alone, one final in a hundred is won so often (sign test). */
  static final int LEAST_WINS = 19;

  /** So long a time is measured well. */
  private static final long SAMPLE_NANOS = 10_000_000;

  private static final int MOST_REPEATS = 1000;

  private final LongSupplier nanoTime;
  private final List<Runnable> entrants;
  private final List<List<Double>> nanos = new ArrayList<>();
  private final List<List<Double>> speedups = new ArrayList<>();
  private int repeats = 1;

  /**
   * @param nanoTime the clock
   * @param entrants each does the work once and waits for its end; the first is the default
   */
  Contest(LongSupplier nanoTime, List<Runnable> entrants) {
    this.nanoTime = nanoTime;
    this.entrants = entrants;
    for (int i = 0; i < entrants.size(); i++) {
      nanos.add(new ArrayList<>());
      speedups.add(new ArrayList<>());
    }
  }

  /**
   * How an entrant did.
   *
   * @param nanos median time for the work
   * @param speedup how many times as fast as the default it is: the median over its rounds
   */
  record Standing(double nanos, double speedup) {}

  /**
   * @param standings of the entrants, in their order
   * @param fastest what came into the final, 0 if nothing seemed faster than the default
   * @param winner {@code fastest}, or 0 if it did not win the final clearly
   */
  record Result(List<Standing> standings, int fastest, int winner) {}

  Result run() {
    entrants.forEach(Runnable::run);
    long once = Math.max(1, sampleNanos(0));
    repeats = (int) Math.max(1, Math.min(MOST_REPEATS, SAMPLE_NANOS / once));
    int[] all = new int[entrants.size()];
    Arrays.setAll(all, i -> i);
    play(all, 1);
    play(
        Arrays.stream(all).filter(i -> median(speedups.get(i)) > 1 / HOPELESS).toArray(),
        FIRST_ROUNDS);
    play(lastFew(), NEXT_ROUNDS);
    int fastest = lastFew()[1 % lastFew().length];
    boolean isFaster = fastest != 0 && median(speedups.get(fastest)) > 1;
    boolean isWinner = isFaster && winsFinal(fastest);
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < entrants.size(); i++) {
      standings.add(new Standing(median(nanos.get(i)), median(speedups.get(i))));
    }
    return new Result(standings, isFaster ? fastest : 0, isWinner ? fastest : 0);
  }

  /** The default, then the fastest others, fastest first. */
  private int[] lastFew() {
    List<Integer> others = new ArrayList<>();
    for (int i = 1; i < entrants.size(); i++) {
      others.add(i);
    }
    others.sort(Comparator.comparingDouble(i -> -median(speedups.get(i))));
    List<Integer> few = new ArrayList<>(List.of(0));
    few.addAll(others.subList(0, Math.min(LAST_FEW, others.size())));
    return few.stream().mapToInt(Integer::intValue).toArray();
  }

  private boolean winsFinal(int entrant) {
    nanos.get(entrant).clear();
    speedups.get(entrant).clear();
    play(new int[] {0, entrant}, FINAL_ROUNDS);
    long wins = speedups.get(entrant).stream().filter(ratio -> ratio > 1).count();
    return wins >= LEAST_WINS && median(speedups.get(entrant)) >= LEAST_SPEEDUP;
  }

  private void play(int[] players, int rounds) {
    double[] roundNanos = new double[entrants.size()];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < players.length; i++) {
        // Nobody always follows the same one, whose data may still be in a cache.
        int place = round % 2 == 0 ? round + i : round + players.length - i;
        int player = players[place % players.length];
        roundNanos[player] = (double) sampleNanos(player) / repeats;
      }
      for (int player : players) {
        nanos.get(player).add(roundNanos[player]);
        speedups.get(player).add(roundNanos[0] / roundNanos[player]);
      }
    }
  }

  private long sampleNanos(int player) {
    long start = nanoTime.getAsLong();
    for (int i = 0; i < repeats; i++) {
      entrants.get(player).run();
    }
    return Math.max(1, nanoTime.getAsLong() - start);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
