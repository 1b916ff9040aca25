package dev.myelin.cli;

/** What the process says to a script when it ends; part of the command line's contract. */
final class ExitCode {
  static final int OK = 0;

  /** Something that should never happen did. */
  static final int BUG = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** Data or a model that cannot be read, understood, brought together or written. */
  static final int DATA = 3;

  /** The device is not there, or was lost. */
  static final int DEVICE = 4;

  static final int OUT_OF_MEMORY = 5;

  /** Training left the numbers that a float holds. */
  static final int DIVERGED = 6;

  /** Slower than the baseline: by more than was tolerated, and by more than noise. */
  static final int SLOWER = 7;

  /** {@code doctor} found something to mend. */
  static final int UNWELL = 8;

  /** Ended by SIGINT, 128 + 2 as in a shell; the model so far is saved. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
