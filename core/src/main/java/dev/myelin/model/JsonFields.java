package dev.myelin.model;

import dev.myelin.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the fields of a JSON object, each with the type that it must have. */
final class JsonFields {
  private static final Map<Class<?>, String> JSON_NAMES =
      Map.of(
          Map.class, "an object",
          List.class, "an array",
          String.class, "a string",
          Long.class, "a whole number",
          Number.class, "a number");

  private final String place;
  private final Map<?, ?> fields;

  /**
   * Takes a parsed value that must be an object.
   *
   * @param place how messages call it
   */
  JsonFields(String place, Object json) {
    this.place = place;
    this.fields = cast(place, json, Map.class);
  }

  long integer(String key) {
    return cast(key, fields.get(key), Long.class);
  }

  double number(String key) {
    return cast(key, fields.get(key), Number.class).doubleValue();
  }

  String text(String key) {
    return cast(key, fields.get(key), String.class);
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object element : cast(key, fields.get(key), List.class)) {
      texts.add(cast(key, element, String.class));
    }
    return texts;
  }

  double[] numbers(String key) {
    List<?> elements = cast(key, fields.get(key), List.class);
    double[] numbers = new double[elements.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = cast(key, elements.get(i), Number.class).doubleValue();
    }
    return numbers;
  }

  List<JsonFields> objects(String key) {
    List<JsonFields> objects = new ArrayList<>();
    for (Object element : cast(key, fields.get(key), List.class)) {
      objects.add(new JsonFields(place + ", " + key, element));
    }
    return objects;
  }

  /** An object that may be missing. */
  Optional<JsonFields> object(String key) {
    return fields.containsKey(key)
        ? Optional.of(new JsonFields(place + ", " + key, fields.get(key)))
        : Optional.empty();
  }

  private <T> T cast(String key, Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new ModelDescription.Fault(
          String.format(
              "%s: %s must be %s, but is %s",
              place, key, JSON_NAMES.get(type), value == null ? "missing" : Json.excerpt(value)));
    }
    return type.cast(value);
  }
}
