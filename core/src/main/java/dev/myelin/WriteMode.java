package dev.myelin;

/** Whether an operation replaces what its output held or adds to it. */
public enum WriteMode {
  OVERWRITE,
  ACCUMULATE
}
