package dev.myelin.cli;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** A file as onnxruntime runs it. */
final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxSession(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      session = environment.createSession(file.toString(), options);
    }
  }

  /**
   * Runs all samples at once.
   *
   * @param features [samples, inputs] row-major
   */
  Outputs run(float[] features, int inputs) throws OrtException {
    long[] shape = {features.length / inputs, inputs};
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(features), shape);
        OrtSession.Result result = session.run(Map.of("features", tensor))) {
      return new Outputs(longs(result), floats(result, "probabilities", "scores", "values"));
    }
  }

  private static long[] longs(OrtSession.Result result) throws OrtException {
    return result.get("label").isPresent() ? (long[]) result.get("label").get().getValue() : null;
  }

  private static float[][] floats(OrtSession.Result result, String... names) throws OrtException {
    for (String name : names) {
      if (result.get(name).isPresent()) {
        return (float[][]) result.get(name).get().getValue();
      }
    }
    throw new AssertionError("no float output");
  }

  OrtSession session() {
    return session;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }

  /** What one run gave: labels, null for a regression, and probabilities, scores or values. */
  static final class Outputs {
    private final long[] labels;
    private final float[][] values;

    Outputs(long[] labels, float[][] values) {
      this.labels = labels;
      this.values = values;
    }

    long[] labels() {
      return labels;
    }

    float[][] values() {
      return values;
    }
  }
}
