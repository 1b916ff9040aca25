package dev.myelin.cli.bench;

/**
 * How long is measured.
 *
 * @param roundNanos what one turn of a contender shall take; one that takes longer for a single
 *     operation has turns of one operation
 * @param leastRounds measured even where the budget is spent
 * @param mostRounds measured even where budget is left
 * @param budgetNanos for all contenders together, warm-up included, of which it gets up to a half
 */
public record Plan(long roundNanos, int leastRounds, int mostRounds, long budgetNanos) {
  /** Long against the clock's steps, a wake-up and a turn of the scheduler, short against load. */
  private static final long ROUND_NANOS = 40_000_000;

  /** One more than {@link Standing#CONFIDENCE} needs to say anything. */
  private static final int LEAST_ROUNDS = 9;

  private static final int MOST_ROUNDS = 101;

  /** Rounds of 40 ms, 9 to 101 of them, as many as fit into that time. */
  public static Plan ofSeconds(double seconds) {
    return new Plan(ROUND_NANOS, LEAST_ROUNDS, MOST_ROUNDS, Math.round(seconds * 1e9));
  }

  /**
   * @throws IllegalArgumentException naming what is out of range
   */
  public Plan {
    if (roundNanos < 1) {
      throw new IllegalArgumentException("roundNanos must be at least 1, but is " + roundNanos);
    }
    if (leastRounds < 1 || mostRounds < leastRounds) {
      throw new IllegalArgumentException(
          "1 <= leastRounds <= mostRounds must hold, but they are "
              + leastRounds
              + " and "
              + mostRounds);
    }
    if (budgetNanos < 0) {
      throw new IllegalArgumentException("budgetNanos must not be negative, but is " + budgetNanos);
    }
  }
}
