package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;

/**
 * All that was decided before training begins.
 *
 * @param parts the samples as they are in the data
 * @param preparation what happens to them before the network sees them
 * @param spec the network
 * @param options how it is trained
 * @param initializer how its weights are drawn
 */
record TrainingRun(
    TrainingParts parts,
    Preparation preparation,
    MlpSpec spec,
    TrainingOptions options,
    Initializer initializer) {

  /** The untrained network; the caller closes it. */
  Mlp createNetwork(Backend backend) {
    return Mlp.create(backend, spec, initializer, options.seed());
  }

  TrainingResult fit(
      Trainer trainer, Mlp mlp, TrainingListener listener, Checkpointing checkpointing) {
    Dataset validation = parts.validation();
    return trainer.fit(
        mlp,
        preparation.apply(parts.training()),
        validation == null ? null : preparation.apply(validation),
        listener,
        checkpointing);
  }

  /** The network as it is now, with all that it takes to use it. */
  TrainedModel toModel(Mlp mlp) {
    return TrainedModel.of(mlp, options.loss(), parts.training())
        .withStandardizers(preparation.features(), preparation.targets());
  }
}
