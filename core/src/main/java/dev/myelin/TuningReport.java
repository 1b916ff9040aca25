package dev.myelin;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@link BackendProvider#tune} measured and chose.
 *
 * @param settings what was tuned, each with all that was tried for it
 * @param file where what was chosen is kept, for every later use of the device
 */
public record TuningReport(List<Setting> settings, Path file) {
  /**
   * One choice that the device has been measured for.
   *
   * @param name what is chosen, and for what work
   * @param candidates the default first, then what was tried, fastest first
   */
  public record Setting(String name, List<Candidate> candidates) {
    /** The one that is used from now on. */
    public Candidate chosen() {
      return candidates.stream().filter(Candidate::isChosen).findFirst().orElseThrow();
    }
  }

  /**
   * One way to do the work.
   *
   * @param value what it is called
   * @param gflops median of all rounds; NaN when it could not be measured
   * @param speedup how many times as fast as the default: the median of the ratios within a round;
   *     NaN when it could not be measured
   * @param isChosen whether it is used from now on
   * @param remark why it could not be measured, or why it was not chosen though it looked faster;
   *     else empty
   */
  public record Candidate(
      String value, double gflops, double speedup, boolean isChosen, String remark) {}
}
