package dev.myelin.cli.bench;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Backend;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.cli.bench.OperationLoop.Tensors;
import dev.myelin.nn.Optimizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The operations that can be timed, by name. */
public final class Workloads {
  private static final Shape SQUARE = Shape.of("1024");

  /** Of 784-512-256-10 in batches of 128: samples, outputs, inputs. */
  private static final Shape LAYER = Shape.of("128x512x784");

  private static final Shape CLASSES = Shape.of("512x10");

  private static final List<Activation> FUNCTIONS =
      // Maxout is not elementwise.
      Arrays.stream(Activation.Kind.values())
          .filter(kind -> kind != Activation.Kind.MAXOUT)
          .map(kind -> Activation.of(kind.name().toLowerCase(Locale.ROOT)))
          .toList();

  /** What there is under one name. */
  private record Entry(Shape defaultShape, Function<Shape, Workload> workload) {}

  private static final Map<String, Entry> BY_NAME = byName();

  /** Names that stand for several. */
  private static final Map<String, List<String>> GROUPS =
      Map.of(
          "products", List.of("matmul", "matmul-nt", "matmul-tn", "matmul-tt"),
          "linear", List.of("linear-forward", "linear-input-grad", "linear-params-grad"),
          "activations",
              FUNCTIONS.stream().flatMap(f -> Stream.of(name(f), name(f) + "-grad")).toList(),
          "optimizers", List.of("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"),
          "transfers", List.of("upload", "download"),
          "launch", List.of("call", "call-and-wait"));

  private Workloads() {}

  /** All names, and those of groups. */
  public static String names() {
    return Stream.concat(GROUPS.keySet().stream().sorted(), BY_NAME.keySet().stream())
        .collect(Collectors.joining(", "));
  }

  /**
   * The workloads of a name, or of a group's.
   *
   * @param shape null for that which suits each
   * @throws IllegalArgumentException naming what there is
   */
  public static List<Workload> of(String name, Shape shape) {
    return GROUPS.getOrDefault(name, List.of(name)).stream().map(each -> one(each, shape)).toList();
  }

  private static Workload one(String name, Shape shape) {
    Entry entry = BY_NAME.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "there is no operation '" + name + "'; there are step, " + names());
    }
    return entry.workload.apply(shape == null ? entry.defaultShape : shape);
  }

  private static Map<String, Entry> byName() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Transpose a : Transpose.values()) {
      for (Transpose b : Transpose.values()) {
        String name = a == b && a == Transpose.NO ? "matmul" : "matmul-" + letter(a) + letter(b);
        entries.put(name, new Entry(SQUARE, shape -> product(name, a, b, shape)));
      }
    }
    entries.put("linear-forward", new Entry(LAYER, Workloads::linear));
    entries.put("linear-input-grad", new Entry(LAYER, Workloads::linearInputGradient));
    entries.put("linear-params-grad", new Entry(LAYER, Workloads::linearParameterGradients));
    for (Activation f : FUNCTIONS) {
      entries.put(name(f), new Entry(SQUARE, shape -> activation(f, shape)));
      entries.put(name(f) + "-grad", new Entry(SQUARE, shape -> activationGradient(f, shape)));
    }
    entries.put("softmax-cross-entropy", new Entry(CLASSES, Workloads::softmaxCrossEntropy));
    entries.put("copy", new Entry(SQUARE, Workloads::copy));
    addOptimizers(entries);
    entries.put("upload", new Entry(SQUARE, Workloads::upload));
    entries.put("download", new Entry(SQUARE, Workloads::download));
    entries.put("call", new Entry(SQUARE, shape -> call("call", false)));
    entries.put("call-and-wait", new Entry(SQUARE, shape -> call("call-and-wait", true)));
    return entries;
  }

  private static void addOptimizers(Map<String, Entry> entries) {
    Map<String, Optimizer> optimizers = new LinkedHashMap<>();
    optimizers.put("sgd", Optimizer.sgd());
    optimizers.put("momentum", Optimizer.sgd(0.9f, false, 0));
    optimizers.put("adagrad", Optimizer.adagrad());
    optimizers.put("rmsprop", Optimizer.rmsprop());
    optimizers.put("adam", Optimizer.adam());
    optimizers.put("adamw", Optimizer.adamw(0.01f));
    optimizers.forEach(
        (name, optimizer) ->
            entries.put(name, new Entry(SQUARE, shape -> update(name, optimizer, shape))));
  }

  private static String letter(Transpose transpose) {
    return transpose == Transpose.NO ? "n" : "t";
  }

  private static String name(Activation f) {
    return f.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Workload work(
      String name, String shape, Cost cost, Function<Tensors, Runnable> prepare) {
    return new Workload(name, shape, cost, backend -> new OperationLoop(backend, prepare));
  }

  private static Workload product(String name, Transpose ta, Transpose tb, Shape shape) {
    return work(
        name,
        shape.ofProduct(),
        Cost.ofProduct(shape),
        tensors -> {
          boolean isPlainA = ta == Transpose.NO;
          boolean isPlainB = tb == Transpose.NO;
          Tensor a =
              isPlainA
                  ? tensors.random(shape.m(), shape.k())
                  : tensors.random(shape.k(), shape.m());
          Tensor b =
              isPlainB
                  ? tensors.random(shape.k(), shape.n())
                  : tensors.random(shape.n(), shape.k());
          Tensor out = tensors.zeros(shape.m(), shape.n());
          Ops ops = tensors.ops();
          return () -> ops.matmul(a, ta, b, tb, WriteMode.OVERWRITE, out);
        });
  }

  private static Workload linear(Shape shape) {
    return work(
        "linear-forward",
        shape.ofProduct(),
        Cost.ofProduct(shape),
        tensors -> {
          Tensor x = tensors.random(shape.m(), shape.k());
          Tensor w = tensors.random(shape.n(), shape.k());
          Tensor bias = tensors.random(shape.n());
          Tensor y = tensors.zeros(shape.m(), shape.n());
          Ops ops = tensors.ops();
          return () -> ops.linear(x, w, bias, Activation.RELU, null, y);
        });
  }

  private static Workload linearInputGradient(Shape shape) {
    return work(
        "linear-input-grad",
        shape.ofProduct(),
        Cost.ofProduct(shape),
        tensors -> {
          Tensor dZ = tensors.random(shape.m(), shape.n());
          Tensor w = tensors.random(shape.n(), shape.k());
          Tensor y = tensors.random(shape.m(), shape.k());
          Tensor dX = tensors.zeros(shape.m(), shape.k());
          Ops ops = tensors.ops();
          return () -> ops.linearInputGradient(dZ, w, Activation.RELU, null, y, dX);
        });
  }

  private static Workload linearParameterGradients(Shape shape) {
    return work(
        "linear-params-grad",
        shape.ofProduct(),
        Cost.ofProduct(shape),
        tensors -> {
          Tensor x = tensors.random(shape.m(), shape.k());
          Tensor dZ = tensors.random(shape.m(), shape.n());
          Tensor dW = tensors.zeros(shape.n(), shape.k());
          Tensor dBias = tensors.zeros(shape.n());
          Ops ops = tensors.ops();
          return () -> ops.linearParameterGradients(x, dZ, WriteMode.OVERWRITE, dW, dBias);
        });
  }

  private static Workload activation(Activation f, Shape shape) {
    return work(
        name(f),
        shape.ofMatrix(),
        Cost.ofStream(8.0 * shape.elements()),
        tensors -> {
          Tensor z = tensors.random(shape.m(), shape.n());
          Tensor y = tensors.zeros(shape.m(), shape.n());
          Ops ops = tensors.ops();
          return () -> ops.activate(f, z, y);
        });
  }

  private static Workload activationGradient(Activation f, Shape shape) {
    DerivativeReads reads = f.derivativeReads();
    return work(
        name(f) + "-grad",
        shape.ofMatrix(),
        Cost.ofStream((reads == DerivativeReads.NOTHING ? 8.0 : 12.0) * shape.elements()),
        tensors -> {
          Tensor source = tensors.random(shape.m(), shape.n());
          Tensor z = reads == DerivativeReads.INPUT ? source : null;
          Tensor y = reads == DerivativeReads.OUTPUT ? source : null;
          Tensor dY = tensors.random(shape.m(), shape.n());
          Tensor dZ = tensors.zeros(shape.m(), shape.n());
          Ops ops = tensors.ops();
          return () -> ops.activationGradient(f, z, y, dY, dZ);
        });
  }

  private static Workload softmaxCrossEntropy(Shape shape) {
    return work(
        "softmax-cross-entropy",
        shape.ofMatrix(),
        Cost.ofStream(8.0 * shape.elements() + 8.0 * shape.m()),
        tensors -> {
          Tensor logits = tensors.random(shape.m(), shape.n());
          Tensor labels = tensors.labels(shape.m(), shape.n());
          Tensor losses = tensors.zeros(shape.m());
          Tensor gradient = tensors.zeros(shape.m(), shape.n());
          float scale = 1f / shape.m();
          Ops ops = tensors.ops();
          return () -> ops.softmaxCrossEntropy(logits, labels, 0, scale, losses, gradient);
        });
  }

  private static Workload copy(Shape shape) {
    return work(
        "copy",
        shape.ofMatrix(),
        Cost.ofStream(8.0 * shape.elements()),
        tensors -> {
          Tensor in = tensors.random(shape.m(), shape.n());
          Tensor out = tensors.zeros(shape.m(), shape.n());
          Ops ops = tensors.ops();
          return () -> ops.copy(in, out);
        });
  }

  /** Of as many parameters as the shape has elements: gradients are read, the others updated. */
  private static Workload update(String name, Optimizer optimizer, Shape shape) {
    return work(
        name,
        shape.ofMatrix(),
        Cost.ofStream((12.0 + 8.0 * optimizer.stateBlocks()) * shape.elements()),
        tensors -> {
          Tensor gradients = tensors.random(shape.elements());
          Tensor parameters = tensors.random(shape.elements());
          Tensor[] state = new Tensor[optimizer.stateBlocks()];
          Arrays.setAll(state, i -> tensors.zeros(shape.elements()));
          float[] values = new float[3];
          // Of a late step, and so small a rate that parameters stay what they are.
          optimizer.rates(1e-9, 1000, values, 0);
          Tensor rates = tensors.zeros(3);
          tensors.backend().upload(values, rates);
          Ops ops = tensors.ops();
          return () -> optimizer.step(ops, rates, gradients, state, parameters);
        });
  }

  private static Workload upload(Shape shape) {
    return work(
        "upload",
        shape.ofMatrix(),
        Cost.ofTransfer(4.0 * shape.elements()),
        tensors -> {
          float[] values = Tensors.randomValues(1, shape.elements());
          Tensor target = tensors.zeros(shape.m(), shape.n());
          Backend backend = tensors.backend();
          return () -> backend.upload(values, target);
        });
  }

  private static Workload download(Shape shape) {
    return work(
        "download",
        shape.ofMatrix(),
        Cost.ofTransfer(4.0 * shape.elements()),
        tensors -> {
          float[] values = new float[shape.elements()];
          Tensor source = tensors.random(shape.m(), shape.n());
          Backend backend = tensors.backend();
          return () -> backend.download(source, values);
        });
  }

  /** An operation on one element: what a call costs, and what it costs to wait for it. */
  private static Workload call(String name, boolean waits) {
    return work(
        name,
        "",
        Cost.ofCall(),
        tensors -> {
          Tensor one = tensors.zeros(1);
          Backend backend = tensors.backend();
          Ops ops = tensors.ops();
          return waits
              ? () -> {
                ops.fill(1, one);
                backend.synchronize();
              }
              : () -> ops.fill(1, one);
        });
  }
}
