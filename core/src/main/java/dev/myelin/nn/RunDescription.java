package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.data.Fingerprint;
import dev.myelin.io.Json;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What decides a run's result, in words: text by name, in an order in which a reader wants to hear
 * of differences.
 *
 * <p>Options and layers are described component by component through reflection, so that an option
 * that is added to them cannot be forgotten here.
 */
final class RunDescription {
  private static final String NETWORK = "network";
  private static final String LAYER = "layer ";
  private static final String INITIAL_PARAMETERS = "initial parameters (SHA-256)";

  /** A schedule that is a program's own is known by its factors at so many points, and the end. */
  private static final int SCHEDULE_POINTS = 8;

  private final Map<String, String> texts = new LinkedHashMap<>();

  private RunDescription() {}

  /**
   * Describes a run that has not begun.
   *
   * @param validation null for none
   */
  static Map<String, String> of(
      Mlp mlp, TrainingOptions options, Dataset training, Dataset validation) {
    RunDescription run = new RunDescription();
    run.texts.put(NETWORK, mlp.spec().toString());
    for (int i = 0; i < mlp.spec().layers().size(); i++) {
      run.addComponents(LAYER + i + " ", mlp.spec().layers().get(i));
    }
    run.addComponents("", options);
    run.addSchedule(options);
    run.addData("training", training);
    if (validation == null) {
      run.texts.put("validation samples", "0");
    } else {
      run.addData("validation", validation);
    }
    Fingerprint parameters = new Fingerprint();
    mlp.stateDict().forEach(each -> parameters.add(each.values()));
    run.texts.put(INITIAL_PARAMETERS, parameters.hex());
    return run.texts;
  }

  private void addData(String part, Dataset data) {
    texts.put(part + " samples", Integer.toString(data.samples()));
    texts.put(part + " features", Integer.toString(data.inputs()));
    texts.put(
        part + (data.isClassification() ? " classes" : " targets"),
        Integer.toString(data.outputs()));
    texts.put(part + " data (SHA-256)", data.fingerprint());
  }

  private void addSchedule(TrainingOptions options) {
    StringBuilder factors = new StringBuilder();
    for (long i = 0; i <= SCHEDULE_POINTS; i++) {
      factors.append(i == 0 ? "" : " ");
      factors.append(Json.write(options.schedule().factor(i, 1, SCHEDULE_POINTS)));
    }
    texts.put("factors of the schedule", factors.toString());
  }

  private void addComponents(String prefix, Record described) {
    for (RecordComponent component : described.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(described);
      } catch (ReflectiveOperationException impossible) {
        throw new LinkageError("accessors of records are callable from here", impossible);
      }
      add(prefix + words(component.getName()), value);
    }
  }

  private void add(String name, Object value) {
    if (value instanceof Loss loss) {
      texts.put(name, loss.text());
    } else if (value instanceof Activation activation) {
      texts.put(name, activation.text());
    } else if (value instanceof LearningRateSchedule schedule) {
      texts.put(name, schedule.text());
    } else if (value instanceof Number number) {
      texts.put(name, Json.write(number));
    } else if (value instanceof Record described) {
      texts.put(name, words(described.getClass().getSimpleName()));
      addComponents(name + "'s ", described);
    } else if (value instanceof Enum<?> constant) {
      texts.put(name, constant.name().toLowerCase(Locale.ROOT));
    } else {
      texts.put(name, String.valueOf(value));
    }
  }

  /** "learningRate" as "learning rate". */
  private static String words(String name) {
    return name.replaceAll("(?<=.)([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  /** The beginning of a hash tells it from others. */
  private static String excerpt(String text) {
    return text.matches("[0-9a-f]{64}") ? text.substring(0, 12) + "..." : text;
  }

  /** "learning rate 0.01 there, 0.001 here; ..."; empty when there is no difference. */
  static String differences(Map<String, String> there, Map<String, String> here) {
    Map<String, String> found = new LinkedHashMap<>();
    Map<String, String> all = new LinkedHashMap<>(there);
    here.forEach(all::putIfAbsent);
    for (String name : all.keySet()) {
      String thereText = there.getOrDefault(name, "none");
      String hereText = here.getOrDefault(name, "none");
      if (!thereText.equals(hereText)) {
        found.put(name, name + " " + excerpt(thereText) + " there, " + excerpt(hereText) + " here");
      }
    }
    if (found.containsKey(NETWORK)) {
      found.keySet().removeIf(name -> name.startsWith(LAYER));
    }
    if (found.size() > 1) {
      // They follow from the others, and say nothing to a reader.
      found.remove(INITIAL_PARAMETERS);
    }
    return String.join("; ", found.values());
  }
}
