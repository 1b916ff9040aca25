package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackendsTest {
  private static final BackendProvider CPU = usable("cpu", 200);
  private static final BackendProvider GPU = usable("opencl", 300, 100);
  private static final BackendProvider NO_CUDA =
      new FixedProvider(Probe.unusable("cuda", "no driver", "Install the driver"));

  /** Knows its probe and opens nothing. */
  private record FixedProvider(Probe probe) implements BackendProvider {
    @Override
    public String name() {
      return probe.backend();
    }

    @Override
    public Backend open(DeviceInfo device, BackendOptions options) {
      throw new BackendUnavailableException(device.id(), "a test opens nothing", "Do not try");
    }
  }

  /** Breaks the promise not to throw. */
  private record ThrowingProvider(Throwable failure) implements BackendProvider {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public Probe probe() {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }

    @Override
    public Backend open(DeviceInfo device, BackendOptions options) {
      throw new BackendUnavailableException(device.id(), "a test opens nothing", "Do not try");
    }
  }

  private static BackendProvider usable(String name, int... preferences) {
    DeviceInfo[] devices = new DeviceInfo[preferences.length];
    for (int i = 0; i < preferences.length; i++) {
      devices[i] = new DeviceInfo(name, i, name + " device", "", 1 << 20, preferences[i]);
    }
    return new FixedProvider(Probe.usable(List.of(devices), ""));
  }

  @Test
  void prepare_ofASelection_tellsItsProviderTheDevice_andOpensNothing() {
    List<DeviceInfo> prepared = new ArrayList<>();
    Probe probe = GPU.probe();
    BackendProvider provider =
        new BackendProvider() {
          @Override
          public String name() {
            return "opencl";
          }

          @Override
          public Probe probe() {
            return probe;
          }

          @Override
          public void prepare(DeviceInfo device) {
            prepared.add(device);
          }

          @Override
          public Backend open(DeviceInfo device, BackendOptions options) {
            throw new AssertionError("opened " + device);
          }
        };
    Backends.select("opencl:1", List.of(CPU, provider)).prepare();
    assertEquals(List.of(probe.devices().get(1)), prepared);
  }

  @Test
  void select_best_prefersTheGpu_andNamesTheOthers() {
    Backends.Selection best = Backends.select("best", List.of(CPU, NO_CUDA, GPU));
    assertEquals("opencl:0", best.device().id());
    assertTrue(best.reason().contains("cuda: no driver"), best.reason());
    assertTrue(best.reason().contains("cpu: slower"), best.reason());
  }

  @Test
  void select_best_withoutAnyDevice_saysWhyForEach() {
    BackendUnavailableException error =
        assertThrows(
            BackendUnavailableException.class, () -> Backends.select("best", List.of(NO_CUDA)));
    assertEquals("cuda: no driver", error.reason());
    assertThrows(BackendUnavailableException.class, () -> Backends.select("best", List.of()));
  }

  @Test
  void select_byName_neverFallsBack() {
    BackendUnavailableException error =
        assertThrows(
            BackendUnavailableException.class,
            () -> Backends.select("cuda", List.of(CPU, NO_CUDA)));
    assertEquals("no driver", error.reason());
    assertEquals("Install the driver", error.remedy());
    assertEquals("device cuda cannot be used: no driver. Install the driver", error.getMessage());
  }

  @Test
  void open_inAPrecisionThatTheDeviceDoesNotHave_saysWhichItHasAndWhatToDo() {
    Backends.Selection selection = Backends.select("cpu", List.of(CPU));
    BackendOptions options = BackendOptions.DEFAULT.withPrecision(Precision.BF16);
    BackendUnavailableException error =
        assertThrows(BackendUnavailableException.class, () -> selection.open(options));
    assertEquals("it multiplies matrices in f32 only, and bf16 is asked for", error.reason());
    assertTrue(error.remedy().contains("compute capability 8.0"), error.remedy());
    BackendUnavailableException before =
        assertThrows(
            BackendUnavailableException.class, () -> selection.requirePrecision(Precision.TF32));
    assertTrue(before.getMessage().contains("tf32 is asked for"), before.getMessage());
    selection.requirePrecision(Precision.F32);
  }

  @Test
  void open_inAPrecisionThatTheDeviceHas_opensIt() {
    DeviceInfo device =
        new DeviceInfo("gpu", 0, "GPU", "", 1 << 20, 1, Set.of(Precision.BF16, Precision.TF32));
    assertEquals(List.of(Precision.values()), List.copyOf(device.precisions()));
    Backends.Selection selection =
        Backends.select("gpu", List.of(new FixedProvider(Probe.usable(List.of(device), ""))));
    BackendOptions options = BackendOptions.DEFAULT.withPrecision(Precision.BF16);
    BackendUnavailableException error =
        assertThrows(BackendUnavailableException.class, () -> selection.open(options));
    assertEquals("a test opens nothing", error.reason());
  }

  @Test
  void select_ofAnUnknownName_saysWhatIsThereAndWhichJarToAdd() {
    BackendUnavailableException error =
        assertThrows(
            BackendUnavailableException.class, () -> Backends.select("cuda:1", List.of(CPU)));
    assertTrue(error.getMessage().contains("(there: cpu)"), error.getMessage());
    assertTrue(error.getMessage().contains("myelin-backend-cuda"), error.getMessage());
  }

  @Test
  void select_byNumber_findsTheDeviceOrSaysHowManyThereAre() {
    assertEquals("opencl:1", Backends.select("opencl:1", List.of(CPU, GPU)).device().id());
    for (String wrong : List.of("opencl:2", "opencl:-1", "opencl:x", "opencl:99999999999")) {
      BackendUnavailableException error =
          assertThrows(
              BackendUnavailableException.class, () -> Backends.select(wrong, List.of(CPU, GPU)));
      assertTrue(error.getMessage().contains("opencl:0 to opencl:1"), error.getMessage());
    }
  }

  @Test
  void probeAll_putsThePreferredFirst_andUnusableOnesLast() {
    List<String> names =
        Backends.probeAll(List.of(NO_CUDA, CPU, GPU)).stream().map(Probe::backend).toList();
    assertEquals(List.of("opencl", "cpu", "cuda"), names);
  }

  @Test
  void provider_thatThrows_isOneThatSaysWhy_andHidesNoOther() {
    for (Throwable failure :
        List.of(
            new IllegalStateException("vectors of 100 bits"),
            new ExceptionInInitializerError(new IllegalStateException("vectors of 100 bits")))) {
      List<BackendProvider> providers = List.of(new ThrowingProvider(failure), CPU);
      assertEquals("cpu", Backends.select("best", providers).device().id());
      assertEquals(2, Backends.probeAll(providers).size());
      BackendUnavailableException error =
          assertThrows(
              BackendUnavailableException.class, () -> Backends.select("broken", providers));
      assertEquals(
          "looking for its devices failed with java.lang.IllegalStateException: vectors of 100"
              + " bits",
          error.reason());
    }
  }

  @Test
  void probe_withoutDeviceOrRemedy_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Probe.unusable("x", "broken", ""));
  }
}
