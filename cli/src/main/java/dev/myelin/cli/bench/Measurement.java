package dev.myelin.cli.bench;

import dev.myelin.DeviceInfo;

/**
 * How fast one device did one piece of work.
 *
 * @param workload what was done
 * @param device where
 * @param standing its times, and how they compare with those of the first device
 * @param isSettled whether the times stood still before they were measured
 * @param shareOfPeak see {@link Cost#shareOfPeak}; NaN where there is none
 */
public record Measurement(
    Workload workload,
    DeviceInfo device,
    Standing standing,
    boolean isSettled,
    double shareOfPeak) {

  /** In the unit of the workload's cost, at the median time. */
  public double rate() {
    return workload.cost().rate(standing.nanos().median());
  }
}
