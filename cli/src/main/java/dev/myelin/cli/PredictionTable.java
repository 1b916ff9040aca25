package dev.myelin.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.myelin.Activation;
import dev.myelin.data.InvalidDataException;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Predictions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A network's outputs as a CSV table that a person can use: classes with probabilities, values. */
final class PredictionTable {
  private final TrainedModel model;
  private final float[] outputs;
  private final int width;

  /**
   * @param outputs [samples, outputs of the network] row-major: logits, or prepared values
   * @throws InvalidDataException when one is not finite
   */
  PredictionTable(TrainedModel model, float[] outputs) {
    this.model = model;
    this.width = model.spec().outputs();
    this.outputs =
        model.isClassification() ? outputs : Preparation.of(model).invertTargets(outputs);
    requireFinite(this.outputs, width);
  }

  /**
   * NaN and infinity predict nothing, and are smaller or larger than nothing.
   *
   * @param outputs [samples, width] row-major
   * @throws InvalidDataException naming the sample
   */
  static void requireFinite(float[] outputs, int width) {
    for (int i = 0; i < outputs.length; i++) {
      if (!Float.isFinite(outputs[i])) {
        throw new InvalidDataException(
            String.format(
                Locale.ROOT,
                "output %d of the network for sample %,d is %s (both counted from 0): the sample's"
                    + " features are too large for the model; correct or remove it",
                i % width,
                i / width,
                outputs[i]));
      }
    }
  }

  int rows() {
    return outputs.length / width;
  }

  /** Writes a header and a row per sample, UTF-8; the stream stays open. */
  void writeTo(OutputStream out) throws IOException {
    Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    // Not closed: that would close the stream, which is the caller's.
    @SuppressWarnings("resource")
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text);
    csv.writeRecord(header());
    for (int row = 0; row < rows(); row++) {
      csv.writeRecord(model.isClassification() ? classRow(row) : valueRow(row));
    }
    csv.flush();
  }

  private List<String> header() {
    if (!model.isClassification()) {
      return model.targetNames();
    }
    List<String> header = new ArrayList<>();
    header.add("predicted");
    boolean hasProbabilities = model.loss().outputFunction() != Loss.OutputFunction.IDENTITY;
    String what = hasProbabilities ? "probability " : "score ";
    model.classNames().forEach(name -> header.add(what + name));
    return header;
  }

  private List<String> valueRow(int row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      cells.add(Float.toString(outputs[row * width + i]));
    }
    return cells;
  }

  private List<String> classRow(int row) {
    List<String> cells = new ArrayList<>();
    float threshold = model.loss().decisionThreshold();
    int predicted = Predictions.predictedClass(outputs, row, width, threshold);
    cells.add(model.classNames().get(predicted));
    for (double value : scores(row)) {
      cells.add(Float.toString((float) value));
    }
    return cells;
  }

  /** One per class: softmax or sigmoid of the logits, or the outputs as they are. */
  private double[] scores(int row) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = outputs[row * width + i];
      if (model.loss().outputFunction() == Loss.OutputFunction.SIGMOID) {
        values[i] = 1 / (1 + Math.exp(-values[i]));
      }
    }
    if (width == 1) {
      // A sign unit gives -1 or 1.
      boolean isSign = model.spec().outputActivation().kind() == Activation.Kind.SIGN;
      double second = isSign ? (1 + values[0]) / 2 : values[0];
      return new double[] {1 - second, second};
    }
    return model.loss().outputFunction() == Loss.OutputFunction.SOFTMAX ? softmax(values) : values;
  }

  private static double[] softmax(double[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    double[] probabilities = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i] - largest);
      sum += probabilities[i];
    }
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }
}
