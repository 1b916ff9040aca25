package dev.myelin.cli;

import dev.myelin.Precision;
import picocli.CommandLine.Option;

/** How matrix products round their operands. */
final class PrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "f32",
      description =
          "how matrix products round what they multiply: f32 (not at all), tf32 or bf16, on NVIDIA "
              + "GPUs from Ampere on; sums and weights stay f32. Default: f32")
  private String precision;

  /**
   * What the user chose.
   *
   * @throws UsageException for a name that is none
   */
  Precision value() {
    for (Precision each : Precision.values()) {
      if (each.text().equals(precision)) {
        return each;
      }
    }
    throw new UsageException("--precision must be f32, tf32 or bf16, but is '" + precision + "'");
  }
}
