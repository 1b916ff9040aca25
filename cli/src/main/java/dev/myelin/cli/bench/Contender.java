package dev.myelin.cli.bench;

/** One way to do a piece of work, to be timed against others. */
public interface Contender extends AutoCloseable {
  /** What tables call it. */
  String name();

  /**
   * Does the work so often, and returns when all of it is done: work that was only given to a
   * device is waited for, once, at the end.
   *
   * @param repetitions at least 1
   */
  void run(int repetitions);

  /** Gives back what it holds; closing twice is harmless. */
  @Override
  void close();
}
