package dev.myelin.testkit;

/** How many sizes the suite tries. Every operation and every property is tried in both. */
public enum Effort {
  /** All sizes: for devices. */
  FULL,
  /** A few small sizes: for interpreters and emulators, which need seconds for what takes a ms. */
  REDUCED
}
