package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Profile;
import dev.myelin.Profile.Event;
import dev.myelin.Profile.Track;
import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where the time of a training step goes, measured on a copy of the network after training.
 *
 * @param parts operations, and what lies between them, the longest first
 * @param stepNanos the mean of a step, all parts together
 * @param steps how many were measured
 * @param batch samples in each
 */
record StepTimes(List<Share> parts, double stepNanos, int steps, int batch) {
  private static final int MOST_STEPS = 200;
  private static final long MOST_NANOS = 1_500_000_000;
  private static final String BETWEEN = "between operations, and measuring them";

  /**
   * Part of a step.
   *
   * @param name of an operation, and of the weight that it is about
   * @param nanos a step
   */
  record Share(String name, double nanos) {}

  /**
   * Trains a copy for a moment.
   *
   * @throws dev.myelin.BackendException when the device has no room for a copy
   * @throws dev.myelin.nn.DivergedException when the steps lead out of the numbers
   */
  static StepTimes measure(
      Backends.Selection selection, BackendOptions wishes, TrainingRun run, TrainedModel model) {
    Dataset training = run.parts().training();
    int batch = Math.min(run.options().batchSize(), training.samples());
    int stepsPerEpoch = Math.min(MOST_STEPS, training.samples() / batch);
    int epochs = (MOST_STEPS + stepsPerEpoch - 1) / stepsPerEpoch;
    TrainingOptions options = run.options().withEpochs(epochs).withPatience(0);
    int samples = stepsPerEpoch * batch;
    Dataset some = run.preparation().apply(training.take(samples));
    Profile profile = new Profile();
    try (Backend backend = selection.open(wishes, profile);
        Mlp copy = model.on(backend)) {
      Trainer trainer = new Trainer(options);
      long endNanos = profile.nanos() + MOST_NANOS;
      trainer.fit(
          copy,
          some,
          null,
          new TrainingListener() {
            @Override
            public void stepDone(int epoch, int step, int stepsPerEpoch) {
              if (profile.nanos() > endNanos) {
                trainer.requestStop();
              }
            }
          });
    }
    return of(profile, batch);
  }

  /**
   * What a profile's steps are made of. The first half is left out, and of the others the fastest
   * and the slowest quarter: a pause of the machine is no part of a step.
   */
  static StepTimes of(Profile profile, int batch) {
    List<Event> steps = counted(profile);
    NavigableMap<Long, Event> byBegin = new TreeMap<>();
    steps.forEach(step -> byBegin.put(step.beginNanos(), step));
    Map<String, Double> nanos = new LinkedHashMap<>();
    double between = steps.stream().mapToLong(Event::elapsedNanos).sum();
    double ofSteps = between;
    for (Event event : profile.events()) {
      Map.Entry<Long, Event> step = byBegin.floorEntry(event.beginNanos());
      boolean isCounted =
          event.track() == Track.OPERATIONS && step != null && isWithin(event, step.getValue());
      if (isCounted) {
        between -= event.elapsedNanos();
        nanos.merge(name(event), (double) event.elapsedNanos(), Double::sum);
      }
    }
    nanos.put(BETWEEN, between);
    List<Share> parts = new ArrayList<>();
    nanos.forEach((name, sum) -> parts.add(new Share(name, sum / steps.size())));
    parts.sort(Comparator.comparingDouble(Share::nanos).reversed());
    return new StepTimes(parts, ofSteps / steps.size(), steps.size(), batch);
  }

  private static List<Event> counted(Profile profile) {
    List<Event> steps =
        profile.events().stream().filter(event -> event.track() == Track.STEPS).toList();
    List<Event> warm = new ArrayList<>(steps.subList(steps.size() / 2, steps.size()));
    warm.sort(Comparator.comparingLong(Event::elapsedNanos));
    return warm.subList(warm.size() / 4, warm.size() - warm.size() / 4);
  }

  private static boolean isWithin(Event event, Event step) {
    return event.beginNanos() + event.elapsedNanos() <= step.beginNanos() + step.elapsedNanos();
  }

  /** Operations of different layers have the name of the layer's weight besides their own. */
  private static String name(Event event) {
    String weight = event.details().getOrDefault("w", event.details().get("dW"));
    return weight == null ? event.name() : event.name() + " " + weight.replace(".gradient", "");
  }
}
