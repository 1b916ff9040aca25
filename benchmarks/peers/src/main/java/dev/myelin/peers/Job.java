package dev.myelin.peers;

/** A piece of work that a library has made all preparations for. */
interface Job extends AutoCloseable {
  /**
   * Does the work so often, and returns when all of it is done.
   *
   * @param repetitions at least 1
   */
  void run(int repetitions);

  /**
   * What all libraries must agree on, within {@link Workload#tolerance}: elements of the result, or
   * the losses of the first epochs of training. Called once, before the first {@link #run}.
   */
  double[] evidence();

  @Override
  void close();
}
