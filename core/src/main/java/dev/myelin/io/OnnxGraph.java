package dev.myelin.io;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A graph of ONNX operators, written as a file that onnxruntime and other tools run.
 *
 * <p>Operator set {@value #OPERATOR_SET} and IR version {@value #IR_VERSION}, which onnxruntime
 * reads from 1.7 (February 2021) on. Nodes must be added in the order in which they are computed.
 *
 * <p>Source: ONNX's IR and operator specifications at onnx.ai; field numbers as in its messages.
 */
public final class OnnxGraph {
  /** The operators' version. */
  public static final int OPERATOR_SET = 13;

  private static final int IR_VERSION = 7;

  /** The limit of Protocol Buffers for one message, and so for a file. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  /** Types of elements, by ONNX's numbers. */
  public enum ElementType {
    FLOAT(1),
    INT64(7),
    DOUBLE(11);

    private final int number;

    ElementType(int number) {
      this.number = number;
    }

    /** What the attribute "to" of Cast means by this type. */
    public int number() {
      return number;
    }
  }

  private final ProtobufMessage graph = new ProtobufMessage();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Float> numbers = new HashMap<>();

  /**
   * @param name of the graph
   */
  public OnnxGraph(String name) {
    graph.text(2, name);
  }

  /** A matrix whose number of rows is free, [batch, columns]. */
  public String input(String name, ElementType type, int columns) {
    graph.message(11, valueInfo(name, type, columns));
    return define(name);
  }

  /** Declares that a node's result is an output of the graph: [batch, columns]. */
  public void output(String name, ElementType type, int columns) {
    graph.message(12, valueInfo(name, type, columns));
  }

  /** Declares that a node's result is an output of the graph: a vector, [batch]. */
  public void output(String name, ElementType type) {
    graph.message(12, valueInfo(name, type));
  }

  private static ProtobufMessage valueInfo(String name, ElementType type, int... columns) {
    ProtobufMessage shape = new ProtobufMessage();
    shape.message(1, new ProtobufMessage().text(2, "batch"));
    for (int length : columns) {
      shape.message(1, new ProtobufMessage().integer(1, length));
    }
    ProtobufMessage tensor = new ProtobufMessage().integer(1, type.number).message(2, shape);
    return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
  }

  /** A constant tensor of floats. */
  public String constant(NamedFloats tensor) {
    return constant(tensor.name(), tensor.values(), tensor.shape());
  }

  /** A constant number, shared by all who ask for it under this name. */
  public String constant(String name, float value) {
    Float before = numbers.put(name, value);
    if (before == null) {
      return constant(name, FloatBuffer.wrap(new float[] {value}));
    }
    if (before != value) {
      throw new IllegalArgumentException("constant " + name + " is " + before + " and " + value);
    }
    return name;
  }

  private String constant(String name, FloatBuffer values, int... shape) {
    ProtobufMessage tensor = tensor(name, ElementType.FLOAT, shape).bytes(9, values);
    graph.message(5, tensor);
    return define(name);
  }

  /** A constant vector of float64. */
  public String constant(String name, double[] values) {
    ProtobufMessage tensor = tensor(name, ElementType.DOUBLE, values.length);
    graph.message(5, tensor.bytes(9, LittleEndian.bytes(values)));
    return define(name);
  }

  /** A constant vector of one int64. */
  public String constantInteger(String name, long value) {
    ProtobufMessage tensor = tensor(name, ElementType.INT64, 1);
    graph.message(5, tensor.bytes(9, LittleEndian.bytes((int) value, (int) (value >> 32))));
    return define(name);
  }

  private static ProtobufMessage tensor(String name, ElementType type, int... shape) {
    ProtobufMessage tensor = new ProtobufMessage();
    for (int length : shape) {
      tensor.integer(1, length);
    }
    return tensor.integer(2, type.number).text(8, name);
  }

  /** A node without attributes; see the other. */
  public String node(String operator, String result, List<String> inputs) {
    return node(operator, result, inputs, Map.of());
  }

  /**
   * Adds a node.
   *
   * @param operator of ONNX's default domain
   * @param result the name of its one result, also the node's
   * @param inputs names of inputs, constants and results
   * @param attributes each an Integer, written as an int, or a Float
   * @return the result's name
   */
  public String node(
      String operator, String result, List<String> inputs, Map<String, Number> attributes) {
    ProtobufMessage node = new ProtobufMessage();
    for (String input : inputs) {
      requireDefined(result, input);
      node.text(1, input);
    }
    node.text(2, result).text(3, result).text(4, operator);
    // Sorted, so that the same graph gives the same bytes.
    new TreeMap<>(attributes).forEach((name, value) -> node.message(5, attribute(name, value)));
    graph.message(1, node);
    return define(result);
  }

  private static ProtobufMessage attribute(String name, Number value) {
    ProtobufMessage attribute = new ProtobufMessage().text(1, name);
    return value instanceof Float
        ? attribute.number(2, value.floatValue()).integer(20, 1)
        : attribute.integer(3, value.intValue()).integer(20, 2);
  }

  private String define(String name) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("the graph has two values named " + name);
    }
    return name;
  }

  private void requireDefined(String result, String input) {
    if (!names.contains(input)) {
      throw new IllegalArgumentException(
          "node " + result + ": its input " + input + " is not defined before it");
    }
  }

  /**
   * Writes the graph, whole or not at all. The same graph gives the same bytes.
   *
   * @param metadata texts about the model; readers hand them out by key
   * @throws IllegalArgumentException when the file would be larger than 2 GiB, which the format
   *     does not allow
   * @throws java.io.UncheckedIOException when the file cannot be written
   */
  public void write(Path file, Map<String, String> metadata) {
    ProtobufMessage model =
        new ProtobufMessage()
            .integer(1, IR_VERSION)
            .text(2, "Myelin")
            .message(7, graph)
            .message(8, new ProtobufMessage().text(1, "").integer(2, OPERATOR_SET));
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> model.message(14, new ProtobufMessage().text(1, key).text(2, value)));
    if (model.bytes() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "the ONNX file would have "
              + model.bytes()
              + " bytes, and the format allows "
              + MAX_BYTES
              + "; safetensors and npz have no such limit");
    }
    AtomicFile.write(file, model::writeTo);
  }
}
