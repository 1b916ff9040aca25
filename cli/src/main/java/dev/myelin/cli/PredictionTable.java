package dev.myelin.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.myelin.data.InvalidDataException;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Predictions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
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
  private final ClassScores scores;

  /**
   * @param outputs [samples, outputs of the network] row-major: logits, or prepared values
   * @throws InvalidDataException when one is not finite
   */
  PredictionTable(TrainedModel model, float[] outputs) {
    this.model = model;
    this.width = model.spec().outputs();
    this.scores = new ClassScores(model);
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
    try {
      csv.writeRecord(header());
      for (int row = 0; row < rows(); row++) {
        csv.writeRecord(model.isClassification() ? classRow(row) : valueRow(row));
      }
      csv.flush();
    } catch (UncheckedIOException failure) {
      throw failure.getCause(); // so that the caller can say which file it is
    }
  }

  private List<String> header() {
    if (!model.isClassification()) {
      return model.targetNames();
    }
    List<String> header = new ArrayList<>();
    header.add("predicted");
    String what = scores.hasProbabilities() ? "probability " : "score ";
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
    for (double value : scores.of(outputs, row)) {
      cells.add(Float.toString((float) value));
    }
    return cells;
  }
}
