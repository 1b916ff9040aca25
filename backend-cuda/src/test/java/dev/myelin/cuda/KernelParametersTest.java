package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.cuda.KernelParameters.Kind;
import dev.myelin.kernels.KernelBinaries;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelParametersTest {
  @Test
  void of_readsTheTypesInTheirOrder() {
    assertEquals(
        List.of(Kind.INDEX, Kind.INDEX, Kind.INDEX, Kind.REAL, Kind.INDEX, Kind.INDEX),
        KernelParameters.of(KernelBinaries.ptx("elementwise"), "scale"));
  }

  @Test
  void of_isNotDeceivedByAKernelWhoseNameBeginsTheSame() {
    String ptx = KernelBinaries.ptx("elementwise");
    assertEquals(7, KernelParameters.of(ptx, "add").size());
    assertEquals(8, KernelParameters.of(ptx, "addBias").size());
  }

  @Test
  void of_anUnknownKernel_namesIt() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> KernelParameters.of(KernelBinaries.ptx("elementwise"), "none"));
    assertEquals("there is no kernel none", refusal.getMessage());
  }

  @Test
  void of_aTypeThatTheHostDoesNotPass_namesIt() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> KernelParameters.of(".entry k(\n.param .f64 k_param_0\n)", "k"));
    assertTrue(refusal.getMessage().contains(".f64"), refusal.getMessage());
  }
}
