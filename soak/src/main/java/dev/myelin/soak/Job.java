package dev.myelin.soak;

import java.util.List;

/**
 * Work whose result has the same bits whenever, and on whichever thread, it is done on one kind of
 * device.
 *
 * @param name what failures call it
 * @param result two jobs that must come to the same result have the same name of it
 * @param work gives the bits of its result
 */
record Job(String name, String result, Work work) {
  interface Work {
    int[] run(Workplace place) throws Exception;
  }

  /** One lap. */
  static final List<Job> ALL =
      List.of(
          new Job("training", "moons", TrainingJobs::train),
          new Job("prediction", "predictions", PredictionJobs::predictFromSharedModel),
          new Job("training, interrupted and resumed", "moons", TrainingJobs::resume),
          new Job("prediction by a network that stays", "outputs", PredictionJobs::predictAtHand),
          new Job("training with many features", "digits", TrainingJobs::trainWhole),
          new Job("prediction from the file", "predictions", PredictionJobs::predictFromFile),
          new Job("training in chunks", "digits", TrainingJobs::trainInChunks),
          new Job("arenas", "arenas", ArenaJob::run));
}
