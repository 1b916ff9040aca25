package dev.myelin.cli;

/** Which samples a model is judged by. */
enum Part {
  /** Those that it was not trained on. */
  TEST,
  /** Those that it was trained on, the ones held back for validation included. */
  TRAIN,
  ALL
}
