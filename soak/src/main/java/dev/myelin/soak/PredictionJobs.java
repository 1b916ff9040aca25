package dev.myelin.soak;

import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;

/** One model, used by all threads at once. */
final class PredictionJobs {
  private PredictionJobs() {}

  static int[] predictFromSharedModel(Workplace place) {
    SharedThings shared = place.shared();
    return Bits.of(shared.model().predict(place.backend(), shared.samples()));
  }

  static int[] predictFromFile(Workplace place) {
    SharedThings shared = place.shared();
    return Bits.of(TrainedModel.load(shared.file()).predict(place.backend(), shared.samples()));
  }

  /** Without anything allocated on the device. */
  static int[] predictAtHand(Workplace place) {
    Dataset moons = place.shared().moons();
    return Bits.of(place.predictor().predict(moons.features()));
  }
}
