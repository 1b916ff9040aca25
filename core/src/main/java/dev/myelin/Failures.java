package dev.myelin;

/** Does all that must be done, whatever fails on the way, and reports the failures at the end. */
final class Failures {
  private RuntimeException first;

  /** Does the work; what it throws is kept for {@link #throwFirst}. */
  void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException failure) {
      if (first == null) {
        first = failure;
      } else if (first != failure) {
        first.addSuppressed(failure);
      }
    }
  }

  /** Throws what failed first, with the others suppressed; nothing if nothing has failed. */
  void throwFirst() {
    if (first != null) {
      throw first;
    }
  }
}
