package dev.myelin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function written in one word, as users and model files write it: "relu" or "elu(1.0)".
 *
 * @param text as given
 * @param name before the parenthesis, hyphens turned into underscores
 * @param parameter in the parentheses; NaN when there is none
 */
public record FunctionText(String text, String name, float parameter) {
  private static final Pattern FORM = Pattern.compile("([a-z0-9_-]+)(?:\\(([0-9.eE+-]+)\\))?");

  /**
   * Takes name and parameter apart.
   *
   * @throws IllegalArgumentException when the text has another form
   */
  public static FunctionText parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not of the form name or name(number), in small letters");
    }
    String name = matcher.group(1).replace('-', '_');
    try {
      float parameter = matcher.group(2) == null ? Float.NaN : Float.parseFloat(matcher.group(2));
      return new FunctionText(text, name, parameter);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "'" + text + "': the parameter is not a number", notANumber);
    }
  }

  /** The parameter, or what stands for it when there is none. */
  public float parameterOr(float missing) {
    return Float.isNaN(parameter) ? missing : parameter;
  }

  /**
   * Hands the function back, having made sure that no parameter was written.
   *
   * @throws IllegalArgumentException when there is one
   */
  public <T> T withoutParameter(T function) {
    if (!Float.isNaN(parameter)) {
      throw new IllegalArgumentException("'" + text + "': " + name + " takes no parameter");
    }
    return function;
  }
}
