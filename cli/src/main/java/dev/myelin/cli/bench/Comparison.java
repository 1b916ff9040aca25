package dev.myelin.cli.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Times several ways to do one piece of work, on a machine that others use, too. The contenders
 * take turns, round by round, and only times of one round are compared with each other.
 *
 * <p>Each contender first finds how many operations make a turn of about {@link Plan#roundNanos}.
 * Rounds then warm up until, in {@value #SETTLED_ROUNDS} of them in a row, no contender was faster
 * by more than 2% than ever before, and the JVM's compilers worked for less than a twentieth of the
 * time. What they have yet to compile gets faster in steps, and load makes nothing faster. Only
 * then are rounds measured.
 */
public final class Comparison {
  static final int SETTLED_ROUNDS = 4;
  private static final double LEAST_PROGRESS = 0.98;
  private static final double BUSY_COMPILERS = 0.05;
  private static final double WARM_UP_SHARE = 0.5;

  /** Of a contender that does next to nothing. */
  private static final int MOST_REPETITIONS = 1 << 24;

  private final Plan plan;
  private final LongSupplier nanoTime;
  private final LongSupplier compilerMillis;

  public Comparison(Plan plan) {
    this(plan, System::nanoTime, Comparison::compilerMillisOfJvm);
  }

  /**
   * For contenders that work elsewhere, and say themselves how long they took.
   *
   * @param nanoTime the clock
   * @param compilerMillis how long the JVM's compilers have worked
   */
  public Comparison(Plan plan, LongSupplier nanoTime, LongSupplier compilerMillis) {
    this.plan = plan;
    this.nanoTime = nanoTime;
    this.compilerMillis = compilerMillis;
  }

  private static long compilerMillisOfJvm() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    boolean isTold = compilers != null && compilers.isCompilationTimeMonitoringSupported();
    return isTold ? compilers.getTotalCompilationTime() : 0;
  }

  /**
   * What came of it.
   *
   * @param standings in the contenders' order; the first is the reference
   * @param warmUpRounds before those that count
   * @param isSettled false when the budget for warming up was spent before the times stood still
   */
  public record Result(List<Standing> standings, int warmUpRounds, boolean isSettled) {}

  /**
   * Measures; closes nothing.
   *
   * @param contenders at least one; the first is what the others are compared with
   */
  public Result run(List<? extends Contender> contenders) {
    if (contenders.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one contender");
    }
    return new Run(contenders).measure();
  }

  /** One call of {@link #run}. */
  private final class Run {
    private final List<? extends Contender> contenders;
    private final int[] repetitions;
    private final double[] fastestNanos;
    private final long begunNanos = nanoTime.getAsLong();
    private int roundsPlayed;

    Run(List<? extends Contender> contenders) {
      this.contenders = contenders;
      this.repetitions = new int[contenders.size()];
      this.fastestNanos = new double[contenders.size()];
      Arrays.fill(fastestNanos, Double.POSITIVE_INFINITY);
    }

    Result measure() {
      for (int i = 0; i < repetitions.length; i++) {
        calibrate(i);
      }
      boolean isSettled = warmUp();
      int warmUpRounds = roundsPlayed;
      for (int i = 0; i < repetitions.length; i++) {
        repetitions[i] = fitting(fastestNanos[i]);
      }
      double[][] nanos = new double[plan.mostRounds()][];
      int rounds = 0;
      while (rounds < plan.leastRounds()
          || (rounds < plan.mostRounds() && spentNanos() < plan.budgetNanos())) {
        nanos[rounds++] = playRound();
      }
      double[][] measured = Arrays.copyOf(nanos, rounds);
      List<Standing> standings =
          IntStream.range(0, repetitions.length).mapToObj(i -> standing(i, measured)).toList();
      return new Result(standings, warmUpRounds, isSettled);
    }

    private Standing standing(int player, double[][] nanos) {
      double[] own = Arrays.stream(nanos).mapToDouble(round -> round[player]).toArray();
      double[] speedups =
          Arrays.stream(nanos).mapToDouble(round -> round[0] / round[player]).toArray();
      return new Standing(
          contenders.get(player).name(),
          repetitions[player],
          new Samples(own),
          new Samples(speedups));
    }

    /** The first operation meets compilers and first touches of memory: it tells nothing. */
    private void calibrate(int player) {
      repetitions[player] = 1;
      play(player);
      double nanos = play(player);
      while (nanos * repetitions[player] < plan.roundNanos() / 2.0
          && repetitions[player] < MOST_REPETITIONS) {
        // Ten times at most: the code may be getting faster as it runs.
        repetitions[player] = Math.min(10 * repetitions[player], fitting(nanos));
        nanos = play(player);
      }
    }

    private int fitting(double nanos) {
      long count = (long) Math.ceil(plan.roundNanos() / nanos);
      return (int) Math.max(1, Math.min(MOST_REPETITIONS, count));
    }

    private boolean warmUp() {
      int steadyRounds = 0;
      while (steadyRounds < SETTLED_ROUNDS) {
        if (roundsPlayed > 0 && spentNanos() >= plan.budgetNanos() * WARM_UP_SHARE) {
          return false;
        }
        steadyRounds = isSteadyRound() ? steadyRounds + 1 : 0;
      }
      return true;
    }

    private boolean isSteadyRound() {
      long compilerMillisBefore = compilerMillis.getAsLong();
      long startNanos = nanoTime.getAsLong();
      double[] nanos = playRound();
      double elapsedMillis = (nanoTime.getAsLong() - startNanos) / 1e6;
      boolean isSteady =
          compilerMillis.getAsLong() - compilerMillisBefore <= BUSY_COMPILERS * elapsedMillis;
      for (int i = 0; i < nanos.length; i++) {
        isSteady &= nanos[i] >= LEAST_PROGRESS * fastestNanos[i];
        fastestNanos[i] = Math.min(fastestNanos[i], nanos[i]);
      }
      return isSteady;
    }

    private double[] playRound() {
      int players = repetitions.length;
      double[] nanos = new double[players];
      for (int i = 0; i < players; i++) {
        // Nobody is always first, or always follows the same one, whose data may fill the cache.
        int place = roundsPlayed % 2 == 0 ? roundsPlayed + i : roundsPlayed + players - i;
        int player = place % players;
        nanos[player] = play(player);
      }
      roundsPlayed++;
      return nanos;
    }

    /** Returns the time of one operation. */
    private double play(int player) {
      long start = nanoTime.getAsLong();
      contenders.get(player).run(repetitions[player]);
      return (double) Math.max(1, nanoTime.getAsLong() - start) / repetitions[player];
    }

    private long spentNanos() {
      return nanoTime.getAsLong() - begunNanos;
    }
  }
}
