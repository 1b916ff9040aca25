package dev.myelin.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Loads what {@code kernels/compile-ptx} made of the kernel files for NVIDIA's GPUs. */
public final class KernelBinaries {
  private KernelBinaries() {}

  /**
   * A file of PTX, the assembly language that the driver compiles for the GPU at hand.
   *
   * @param name "activations", "gemm-large-nt"
   * @throws IllegalArgumentException when there is no such file
   */
  public static String ptx(String name) {
    try (InputStream in = KernelBinaries.class.getResourceAsStream("ptx/" + name + ".ptx")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no PTX file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read PTX file " + name, unreadable);
    }
  }
}
