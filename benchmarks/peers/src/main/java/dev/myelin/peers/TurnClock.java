package dev.myelin.peers;

/**
 * A clock that runs only while a contender works, by what the contender's own process measured: the
 * way of a command there and back is no part of the work. Beside it, how long the compilers of all
 * processes have worked.
 */
final class TurnClock {
  private long nanos;
  private long compilerMillis;

  void forward(long elapsedNanos, long elapsedCompilerMillis) {
    nanos += elapsedNanos;
    compilerMillis += elapsedCompilerMillis;
  }

  long nanos() {
    return nanos;
  }

  long compilerMillis() {
    return compilerMillis;
  }
}
