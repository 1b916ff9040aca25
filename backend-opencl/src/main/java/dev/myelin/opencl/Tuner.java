package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.Backends;
import dev.myelin.DeviceException;
import dev.myelin.DeviceInfo;
import dev.myelin.KernelBuildException;
import dev.myelin.Probe;
import dev.myelin.TuningReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Finds the sizes that a device multiplies matrices fastest with. Sizes whose results differ from
 * the default's in a single bit cannot be chosen, so tuning never changes what is computed.
 */
final class Tuner {
  private final OpenClDevice device;
  private final OpenClBackend backend;
  private final TuningSpace space;
  private final TrialProducts products;
  private final Consumer<String> progress;
  private final List<TuningReport.Setting> settings = new ArrayList<>();

  private Tuner(
      OpenClDevice device,
      OpenClBackend backend,
      TuningSpace space,
      TrialProducts products,
      Consumer<String> progress) {
    this.device = device;
    this.backend = backend;
    this.space = space;
    this.products = products;
    this.progress = progress;
  }

  /**
   * Measures and writes the entry.
   *
   * @throws UncheckedIOException when the entry cannot be written
   */
  static TuningReport tune(
      OpenClDevice device, TuningSpace space, TuningTable table, Consumer<String> progress) {
    Path file = table.file(device);
    try {
      // Known before the minutes of measuring.
      Files.createDirectories(file.getParent());
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "cannot make the folder " + file.getParent() + ": " + failure, failure);
    }
    Tuning defaults = Tuning.defaults(device);
    OpenClBackend backend = OpenClBackend.open(device, BackendOptions.DEFAULT, defaults);
    try (Backend checked = withChecks(backend);
        TrialProducts products = new TrialProducts(checked)) {
      Tuner tuner = new Tuner(device, backend, space, products, progress);
      Tuning tuned = tuner.tuned(defaults);
      table.write(device, TuningEntry.document(device, backend.variant(), tuned));
      return new TuningReport(List.copyOf(tuner.settings), file);
    }
  }

  /** The backend as users have it. */
  static Backend withChecks(OpenClBackend backend) {
    BackendProvider provider =
        new BackendProvider() {
          @Override
          public String name() {
            return OpenClBackendProvider.NAME;
          }

          @Override
          public Probe probe() {
            return Probe.usable(List.of(backend.device()), "");
          }

          @Override
          public Backend open(DeviceInfo info, BackendOptions options) {
            return backend;
          }
        };
    return new Backends.Selection(provider, backend.device(), "to be tuned")
        .open(BackendOptions.DEFAULT);
  }

  private Tuning tuned(Tuning defaults) {
    return switch (backend.variant()) {
      case TILED -> tiled(defaults);
      case PACKED, BY_SIZE -> packed(defaults);
    };
  }

  private Tuning packed(Tuning defaults) {
    int side = space.largeSide();
    PackedShape best =
        choose("panels", side, defaults.packed(), space.panels(), defaults::withPacked);
    List<PackedShape> depths =
        space.blockDepths().stream()
            .map(depth -> new PackedShape(best.vector(), best.rows(), depth))
            .toList();
    return defaults.withPacked(choose("depth of panels", side, best, depths, defaults::withPacked));
  }

  private Tuning tiled(Tuning defaults) {
    int root = (int) Math.ceil(Math.sqrt(device.computeUnits()));
    int largeSide = Math.max(space.largeSide(), 2 * TiledGemm.LARGE_BLOCK * root);
    int mediumSide = TiledGemm.MEDIUM_BLOCK * root;
    return defaults
        .withLarge(chooseTiles("large tiles", largeSide, defaults.large()))
        .withMedium(chooseTiles("medium tiles", mediumSide, defaults.medium()))
        .withSmall(chooseTiles("small tiles", mediumSide / 2, defaults.small()));
  }

  private TiledShape chooseTiles(String name, int side, TiledShape start) {
    PackedShape packed = Tuning.defaults(device).packed();
    // Alike for results of every size, so that a shape is measured where it is meant for.
    return choose(
        name, side, start, space.tiles(), shape -> new Tuning(shape, shape, shape, packed));
  }

  /** The fastest, and a setting of the report. */
  private <S> S choose(
      String name, int side, S start, List<S> others, Function<S, Tuning> tuningOf) {
    String title = String.format("%s, at %d x %d", name, side, side);
    List<S> shapes = new ArrayList<>(List.of(start));
    others.stream().filter(shape -> !shape.equals(start)).forEach(shapes::add);
    Runnable work = products.timed(side);
    List<S> right = new ArrayList<>();
    List<Runnable> entrants = new ArrayList<>();
    List<TuningReport.Candidate> wrong = new ArrayList<>();
    float[][] expected = null;
    for (int i = 0; i < shapes.size(); i++) {
      S shape = shapes.get(i);
      progress.accept(
          String.format("%s: checking %d of %d: %s", title, i + 1, shapes.size(), shape));
      Gemm gemm = backend.gemm(tuningOf.apply(shape));
      String fault = "";
      if (expected == null) {
        expected = checkedResults(gemm);
      } else {
        fault = fault(gemm, expected);
      }
      if (fault.isEmpty()) {
        right.add(shape);
        entrants.add(() -> run(gemm, work));
      } else {
        wrong.add(
            new TuningReport.Candidate(shape.toString(), Double.NaN, Double.NaN, false, fault));
      }
    }
    progress.accept(title + ": measuring " + right.size());
    Contest.Result result = new Contest(System::nanoTime, entrants).run();
    settings.add(new TuningReport.Setting(title, candidates(right, result, side, wrong)));
    return right.get(result.winner());
  }

  private void run(Gemm gemm, Runnable work) {
    backend.multiplyWith(gemm);
    work.run();
  }

  private float[][] checkedResults(Gemm gemm) {
    backend.multiplyWith(gemm);
    float[][] results = products.results();
    products.requireRight(results[0]);
    return results;
  }

  /** Why sizes cannot be used; empty when they can. */
  private String fault(Gemm gemm, float[][] expected) {
    try {
      backend.multiplyWith(gemm);
      return TrialProducts.areSame(products.results(), expected) ? "" : "gives another result";
    } catch (KernelBuildException | DeviceException refusal) {
      return "refused by the driver: " + refusal.getMessage().lines().findFirst().orElse("");
    }
  }

  private static List<TuningReport.Candidate> candidates(
      List<?> shapes, Contest.Result result, int side, List<TuningReport.Candidate> wrong) {
    List<TuningReport.Candidate> others = new ArrayList<>();
    for (int i = 1; i < shapes.size(); i++) {
      others.add(candidate(shapes.get(i), result, side, i));
    }
    others.sort(Comparator.comparingDouble(TuningReport.Candidate::speedup).reversed());
    List<TuningReport.Candidate> all = new ArrayList<>();
    all.add(candidate(shapes.get(0), result, side, 0));
    all.addAll(others);
    all.addAll(wrong);
    return List.copyOf(all);
  }

  private static TuningReport.Candidate candidate(
      Object shape, Contest.Result result, int side, int i) {
    boolean isBeaten = i != 0 && i == result.fastest() && i != result.winner();
    return new TuningReport.Candidate(
        shape.toString(),
        TrialProducts.operations(side) / result.standings().get(i).nanos(),
        result.standings().get(i).speedup(),
        i == result.winner(),
        isBeaten ? "not clearly faster than the default" : "");
  }
}
