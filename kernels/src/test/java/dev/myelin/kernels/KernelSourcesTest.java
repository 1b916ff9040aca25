package dev.myelin.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSourcesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "activations.cl",
        "argmax.cl",
        "clip.cl",
        "dropout.cl",
        "elementwise.cl",
        "gather.cl",
        "gemm-direct.cl",
        "gemm-packed.cl",
        "gemm-tiled.cl",
        "losses.cl",
        "optimizers.cl",
        "reductions.cl",
        "softmax.cl",
        "sum-rows.cl"
      })
  void load_replacesEveryIncludeAndKeepsTheHeadOfTheFile(String file) {
    String text = KernelSources.load(file);

    assertFalse(text.contains("#include"), file);
    assertTrue(text.contains("KERNEL "), file);
    assertTrue(text.contains("\n * Layout: "), file);
    assertTrue(text.contains("\n * Work: "), file);
    assertTrue(text.contains("\n * Source: "), file);
  }

  @Test
  void load_bringsAHeaderThatTwoFilesIncludeOnce() {
    String text = KernelSources.load("losses.cl");

    assertEquals(1, text.split("#define MAX_LANES", -1).length - 1);
  }

  @Test
  void load_ofAnUnknownFile_namesIt() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> KernelSources.load("none.cl"));

    assertEquals("there is no kernel file none.cl", refusal.getMessage());
  }
}
