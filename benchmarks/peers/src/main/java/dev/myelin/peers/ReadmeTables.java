package dev.myelin.peers;

import dev.myelin.peers.Workload.Elementwise;
import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Softmax;
import dev.myelin.peers.Workload.Training;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The part of the README that is made of the measurements. Numbers are how many times as fast
 * Myelin is; where there are several runs, a cell has one for each, in their order.
 */
final class ReadmeTables {
  /** Below which Myelin counts as slower: a ratio that is printed as 1.00 is none. */
  private static final double SLOWER = 0.995;

  private final Map<String, Measurements> runs;
  private final StringBuilder text = new StringBuilder();

  private ReadmeTables(Map<String, Measurements> runs) {
    this.runs = runs;
  }

  /**
   * @param runs by what tells them apart: "JDK 25"
   */
  static String of(Map<String, Measurements> runs) {
    ReadmeTables tables = new ReadmeTables(runs);
    tables.introduction();
    tables.training();
    tables.trainingOnOpenCl();
    tables.products();
    tables.functions();
    tables.slowerCases();
    tables.sources();
    return tables.text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private void introduction() {
    Measurements any = runs.values().iterator().next();
    line(
        "How many times as fast Myelin is, on %s threads of an %s, float32, medians of rounds in which all contenders",
        any.condition("threads"), any.condition("processor"));
    line(
        "take turns; %s. Every contender has given the same results first, and the same losses in training.",
        String.join(", then ", runs.keySet()));
    line("");
  }

  private void training() {
    training(
        "training step (Adam)",
        Peer.MYELIN,
        List.of(Peer.PYTORCH, Peer.PYTORCH_TRAINER, Peer.PYTORCH_SCRIPT, Peer.DL4J));
  }

  private void trainingOnOpenCl() {
    if (runs.values().stream().anyMatch(run -> run.has(new Training(Net.S), Peer.MYELIN_OPENCL))) {
      training(
          "the same on OpenCL, on the same processor through PoCL",
          Peer.MYELIN_OPENCL,
          List.of(Peer.CLBLAST, Peer.MYELIN));
    }
  }

  private void training(String name, Peer ours, List<Peer> peers) {
    line("| %s | Myelin, steps/s | %s |", name, headings(peers));
    line("| --- | --- | %s |", "--- | ".repeat(peers.size() - 1) + "---");
    for (Net net : Net.values()) {
      Training training = new Training(net);
      List<String> cells = new ArrayList<>();
      cells.add(cell(run -> stepsPerSecond(run, training, ours)));
      peers.forEach(peer -> cells.add(cell(run -> ratio(run, training, ours, peer))));
      line(
          "| %s%s, batch %d | %s |",
          net.layerText(),
          net == Net.LISTING ? " sigmoid" : "",
          net.batch(),
          String.join(" | ", cells));
    }
    line("");
  }

  private static Optional<String> stepsPerSecond(Measurements run, Training training, Peer ours) {
    if (!run.has(training, ours)) {
      return Optional.empty();
    }
    double nanosPerStep = run.medianNanos(training, ours) / training.net().stepsPerEpoch();
    return Optional.of(String.format(Locale.ROOT, "%.0f", 1e9 / nanosPerStep));
  }

  private void products() {
    line("| matrix product, %d shapes | geometric mean | least | at |", productCount());
    line("| --- | --- | --- | --- |");
    product("against MKL", Peer.MYELIN, Peer.MKL);
    product("against OpenBLAS", Peer.MYELIN, Peer.OPENBLAS);
    product("against PyTorch through DJL", Peer.MYELIN, Peer.PYTORCH);
    product("against ND4J", Peer.MYELIN, Peer.DL4J);
    product("OpenCL on PoCL, against CLBlast", Peer.MYELIN_OPENCL, Peer.CLBLAST);
    line("");
  }

  private long productCount() {
    return workloads().stream().filter(Product.class::isInstance).count();
  }

  private void product(String name, Peer ours, Peer peer) {
    if (runs.values().stream().noneMatch(run -> run.products(ours, peer).isPresent())) {
      return;
    }
    line(
        "| %s | %s | %s | %s |",
        name,
        cell(run -> run.products(ours, peer).map(summary -> twoDigits(summary.geometricMean()))),
        cell(run -> run.products(ours, peer).map(summary -> twoDigits(summary.smallest()))),
        cell(run -> run.products(ours, peer).map(summary -> words(summary.smallestAt()))));
  }

  private void functions() {
    line("| on a million elements, against PyTorch | ratio |");
    line("| --- | --- |");
    for (Workload workload : workloads()) {
      if (workload instanceof Elementwise || workload instanceof Softmax) {
        line(
            "| %s | %s |",
            words(workload), cell(run -> ratio(run, workload, Peer.MYELIN, Peer.PYTORCH)));
      }
    }
    line("");
  }

  private void slowerCases() {
    line("Where Myelin is slower:");
    line("");
    for (Map.Entry<String, Measurements> run : runs.entrySet()) {
      for (Peer peer : Peer.values()) {
        Peer ours = peer == Peer.CLBLAST ? Peer.MYELIN_OPENCL : Peer.MYELIN;
        List<String> cases = slowerCases(run.getValue(), ours, peer);
        if (peer != ours && peer != Peer.MYELIN_OPENCL && !cases.isEmpty()) {
          line("- than %s, %s: %s", peer.label(), run.getKey(), String.join(", ", cases));
        }
      }
    }
  }

  private void sources() {
    List<String> plots = new ArrayList<>();
    for (String run : runs.keySet()) {
      String file = "gemm-" + run.replace(" ", "").toLowerCase(Locale.ROOT) + ".svg";
      plots.add("[" + run + "](results/peers/" + file + ")");
    }
    line("");
    line(
        "Raw files and how to repeat it: [results/peers](results/peers); GFLOP/s over size as a plot: %s.",
        String.join(", ", plots));
  }

  private static List<String> slowerCases(Measurements run, Peer ours, Peer peer) {
    return run.workloads().stream()
        .filter(workload -> run.has(workload, ours) && run.has(workload, peer))
        .filter(workload -> run.speedup(workload, ours, peer) < SLOWER)
        .map(workload -> words(workload) + " " + twoDigits(run.speedup(workload, ours, peer)))
        .toList();
  }

  private Collection<Workload> workloads() {
    return runs.values().stream()
        .flatMap(run -> run.workloads().stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String headings(List<Peer> peers) {
    return peers.stream()
        .map(peer -> "against " + (peer == Peer.MYELIN ? "myelin cpu" : peer.label()))
        .collect(Collectors.joining(" | "));
  }

  private static Optional<String> ratio(Measurements run, Workload workload, Peer ours, Peer peer) {
    return run.has(workload, ours) && run.has(workload, peer)
        ? Optional.of(twoDigits(run.speedup(workload, ours, peer)))
        : Optional.empty();
  }

  private String cell(Function<Measurements, Optional<String>> value) {
    return runs.values().stream()
        .map(run -> value.apply(run).orElse("-"))
        .collect(Collectors.joining(", "));
  }

  private static String twoDigits(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String words(Workload workload) {
    if (workload instanceof Product product) {
      return String.format(
          Locale.ROOT,
          "%d x %d x %d%s%s",
          product.m(),
          product.n(),
          product.k(),
          product.transposeA() ? " A^T" : "",
          product.transposeB() ? " B^T" : "");
    } else if (workload instanceof Elementwise map) {
      return map.function().text();
    } else if (workload instanceof Softmax softmax) {
      return String.format(
          Locale.ROOT, "softmax of %d rows of %d", softmax.rows(), softmax.columns());
    }
    return "training " + ((Training) workload).net().layerText();
  }
}
