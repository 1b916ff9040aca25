package dev.myelin.peers;

/** A way to do work: Myelin on one of its devices, or a peer. */
interface Library extends AutoCloseable {
  /** Name, version and whatever else decides its speed. */
  String description();

  /**
   * Prepares a piece of work.
   *
   * @throws UnsupportedOperationException when it is not for this library; it is not asked then
   */
  Job open(Workload workload);

  @Override
  void close();
}
