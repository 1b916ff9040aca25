package dev.myelin.cpu;

/**
 * Simple integer instructions in six independent chains: as many in a cycle as the core hands to
 * its units.
 *
 * <p>Two hardware threads of one core share that number, so this loop slows down by a third or more
 * while a neighbour works on the other one, where {@link FmaKernel}, which needs less than half of
 * it, does not. It tells whether the core was ours alone.
 */
final class IssueKernel {
  /** Instructions of one repetition, without the loop's own. */
  static final int INSTRUCTIONS = 12;

  private IssueKernel() {}

  /**
   * Steps six generators {@code repetitions} times.
   *
   * @return a value that depends on all of them, for the caller to keep
   */
  static int run(int repetitions) {
    int a = 1;
    int b = 2;
    int c = 3;
    int d = 4;
    int e = 5;
    int f = 6;
    for (int i = 0; i < repetitions; i++) {
      a = (a + i) ^ 0x5bd1;
      b = (b + i) ^ 0x6bd1;
      c = (c + i) ^ 0x7bd1;
      d = (d + i) ^ 0x1bd1;
      e = (e + i) ^ 0x2bd1;
      f = (f + i) ^ 0x3bd1;
    }
    return a ^ b ^ c ^ d ^ e ^ f;
  }
}
