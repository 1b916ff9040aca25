package dev.myelin.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of numbers, and how far along it a number lies.
 *
 * @param low the number at 0
 * @param high the number at 1, above low
 * @param isLogarithmic whether equal ratios, not differences, are equally far
 */
record Axis(double low, double high, boolean isLogarithmic) {
  /** From here on the small values of a linear axis cannot be told apart. */
  private static final double WIDE_RATIO = 30;

  /**
   * The range of values.
   *
   * @param margin beyond each end, as a share of the range
   */
  static Axis of(double[] values, double margin) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (!(low <= high)) {
      return new Axis(0, 1, false);
    }
    double width = high - low;
    if (width <= 1e-9 * Math.max(Math.abs(low), Math.abs(high)) || width == 0) {
      double beside = low == 0 ? 1 : Math.abs(low) / 2;
      return new Axis(low - beside, high + beside, false);
    }
    return new Axis(low - margin * width, high + margin * width, false);
  }

  /** As {@link #of}; logarithmic where values above 0 differ that much. */
  static Axis ofPositive(double[] values) {
    Axis tight = of(values, 0);
    if (tight.low > 0 && tight.high / tight.low >= WIDE_RATIO) {
      double margin = Math.pow(tight.high / tight.low, 0.04);
      return new Axis(tight.low / margin, tight.high * margin, true);
    }
    return tight.low >= 0 ? new Axis(0, tight.high * 1.04, false) : of(values, 0.04);
  }

  /** 0 at the low end, 1 at the high one. */
  double share(double value) {
    return isLogarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** The number at a share of the way. */
  double at(double share) {
    return isLogarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
  }

  /**
   * Round numbers on the axis.
   *
   * @param most how many there may be, at least 2
   */
  List<Double> ticks(int most) {
    return isLogarithmic ? logarithmicTicks(most) : linearTicks(most);
  }

  /** As {@link #ticks}, whole numbers only: there is no epoch between two. */
  List<Double> wholeTicks(int most) {
    return ticks(most).stream().filter(tick -> tick == Math.rint(tick)).toList();
  }

  private List<Double> linearTicks(int most) {
    double step = Math.pow(10, Math.floor(Math.log10((high - low) / most)));
    double[] factors = {1, 2, 5, 10, 20};
    for (double factor : factors) {
      long first = (long) Math.ceil(low / (step * factor) - 1e-9);
      long last = (long) Math.floor(high / (step * factor) + 1e-9);
      if (last - first + 1 <= most) {
        List<Double> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
          ticks.add(i * (step * factor));
        }
        return ticks;
      }
    }
    return List.of(low, high);
  }

  private List<Double> logarithmicTicks(int most) {
    double[][] choices = {{1, 2, 5}, {1, 3}, {1}};
    for (double[] factors : choices) {
      List<Double> ticks = new ArrayList<>();
      for (int exponent = (int) Math.floor(Math.log10(low)); ; exponent++) {
        double power = Math.pow(10, exponent);
        if (power > high) {
          break;
        }
        for (double factor : factors) {
          double tick = factor * power;
          if (tick >= low && tick <= high) {
            ticks.add(tick);
          }
        }
      }
      if (ticks.size() <= most) {
        return ticks;
      }
    }
    List<Double> powers = new ArrayList<>();
    double decades = Math.log10(high / low);
    int every = (int) Math.ceil(decades / most);
    for (int exponent = (int) Math.ceil(Math.log10(low)); exponent <= Math.log10(high); ) {
      powers.add(Math.pow(10, exponent));
      exponent += every;
    }
    return powers;
  }
}
