package dev.myelin.cli;

import dev.myelin.cli.report.BoundaryMap;
import dev.myelin.cli.report.ConfusionTable;
import dev.myelin.cli.report.DigitGrid;
import dev.myelin.cli.report.LineChart;
import dev.myelin.cli.report.Markup;
import dev.myelin.cli.report.Page;
import dev.myelin.cli.report.PixelImage;
import dev.myelin.cli.report.Table;
import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import java.util.ArrayList;
import java.util.List;

/** Figures of what a network of classes has learned, and where it is wrong. */
final class AnswerFigures {
  private static final int MOST_POINTS = 1500;

  /** More have no colours and shapes of their own. */
  private static final int MOST_CLASSES_MAPPED = 35;

  private static final int MOST_IMAGES = 24;
  private static final int MOST_ROWS = 12;
  private static final int MOST_FEATURES = 8;
  private static final int CURVE_POINTS = 301;
  private static final int MOST_CURVES = 7;

  private final TrainedModel model;
  private final Mlp mlp;
  private final Answers answers;
  private final Dataset data;

  /** What the samples are held back for: "test" or "validation". */
  private final String part;

  AnswerFigures(TrainedModel model, Mlp mlp, Answers answers, String part) {
    this.model = model;
    this.mlp = mlp;
    this.answers = answers;
    this.data = answers.data();
    this.part = part;
  }

  /** What can be drawn as a picture of the input's space: of one or two features. */
  void addSpace(Page page) {
    if (data.inputs() > 2) {
      return;
    }
    int most = data.inputs() == 2 ? MOST_CLASSES_MAPPED : MOST_CURVES;
    if (data.outputs() > most) {
      page.paragraph(
          String.format(
              "No picture of the %d classes over %s: at most %d can be told apart in one.",
              data.outputs(), data.inputs() == 2 ? "the two features" : "the feature", most));
    } else if (data.inputs() == 2) {
      addMap(page);
    } else {
      addScoreCurves(page);
    }
  }

  private void addMap(Page page) {
    int[] rows = answers.someRows(MOST_POINTS);
    double[] xs = new double[rows.length];
    double[] ys = new double[rows.length];
    int[] truth = new int[rows.length];
    boolean[] isRight = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      xs[i] = answers.feature(rows[i], 0);
      ys[i] = answers.feature(rows[i], 1);
      truth[i] = answers.truth(rows[i]);
      isRight[i] = answers.predicted(rows[i]) == truth[i];
    }
    BoundaryMap map = new BoundaryMap(new BoundaryMap.Points(xs, ys, truth, isRight));
    float[] outputs = Answers.outputs(model, mlp, map.grid());
    ClassScores scores = answers.scores();
    List<double[]> margins = new ArrayList<>();
    List<double[]> sureMargins = new ArrayList<>();
    int nodes = BoundaryMap.NODES * BoundaryMap.NODES;
    for (int label = 0; label < data.outputs(); label++) {
      double[] margin = new double[nodes];
      double[] sureMargin = new double[nodes];
      for (int i = 0; i < nodes; i++) {
        margin[i] = scores.margin(outputs, i, label);
        sureMargin[i] = scores.sureMargin(outputs, i, label);
      }
      margins.add(margin);
      sureMargins.add(sureMargin);
    }
    boolean saysHowSure = scores.hasProbabilities();
    String figure =
        map.draw(
            "Decision boundary between " + data.outputs() + " classes, with samples",
            Answers.featureName(data, 0),
            Answers.featureName(data, 1),
            data.classNames(),
            margins,
            saysHowSure ? sureMargins : List.of());
    page.leadFigure(
        figure,
        String.format(
            "Decision boundary. Areas: the class that the network sees there%s. Marks: %s; a ring is"
                + " around those that it takes for another class.",
            saysHowSure ? ", in stronger colour where it is at least 90% sure" : "",
            samples(rows.length)));
  }

  private String samples(int shown) {
    return shown == data.samples()
        ? "the " + Numbers.count(shown) + " " + part + " samples"
        : Numbers.count(shown) + " of " + Numbers.count(data.samples()) + " " + part + " samples";
  }

  private void addScoreCurves(Page page) {
    double[] xs = RegressionFigures.spread(answers, CURVE_POINTS);
    float[] features = new float[xs.length];
    for (int i = 0; i < xs.length; i++) {
      features[i] = (float) xs[i];
    }
    float[] outputs = Answers.outputs(model, mlp, features);
    boolean areProbabilities = answers.scores().hasProbabilities();
    List<LineChart.Line> lines = new ArrayList<>();
    for (int label = 0; label < data.outputs(); label++) {
      double[] ys = new double[xs.length];
      for (int i = 0; i < xs.length; i++) {
        ys[i] = answers.scores().of(outputs, i)[label] * (areProbabilities ? 100 : 1);
      }
      lines.add(new LineChart.Line(data.classNames().get(label), xs, ys));
    }
    String name = Answers.featureName(data, 0);
    page.leadFigure(
        areProbabilities
            ? LineChart.ofPercent("Probability of each class", name, "probability, %", lines)
            : LineChart.ofPositive("Score of each class", name, "score", lines),
        "What the network says of each class over " + name + ".");
  }

  /** Which classes are taken for which, and the samples that it was surest and wrong about. */
  void addMistakes(Page page) {
    page.section("Right and wrong");
    String confusion = new ConfusionTable(data.classNames(), answers.confusion()).draw();
    List<Integer> mistakes = answers.mistakes();
    page.wideFigure(
        confusion,
        String.format(
            "Confusion of the %s %s samples: a row per true class, a column per predicted one."
                + " Recall is the share of a class that is found.",
            Numbers.count(data.samples()), part));
    if (mistakes.isEmpty()) {
      page.paragraph(
          "No mistakes among " + Numbers.count(data.samples()) + " " + part + " samples.");
    } else if (data.imageRows() > 0) {
      addImages(page, mistakes);
    } else {
      addRows(page, mistakes);
    }
  }

  private void addImages(Page page, List<Integer> mistakes) {
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    float[] features = data.features(); // of data on disk, read anew by each call
    for (float value : features) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    DigitGrid grid = new DigitGrid();
    for (int row : mistakes.subList(0, Math.min(MOST_IMAGES, mistakes.size()))) {
      String image =
          PixelImage.dataUri(
              features,
              row * data.inputs(),
              data.imageRows(),
              data.imageColumns(),
              least,
              greatest);
      grid.add(image, className(answers.truth(row)), "read as " + verdict(row));
    }
    page.wideFigure(grid.toString(), "Worst mistakes: " + surest(mistakes, MOST_IMAGES));
  }

  private String verdict(int row) {
    int predicted = answers.predicted(row);
    double score = answers.scores(row)[predicted];
    return className(predicted)
        + (answers.scores().hasProbabilities()
            ? ", " + Numbers.percent(score)
            : ", score " + Markup.number(score, 3));
  }

  private String className(int label) {
    return data.classNames().get(label);
  }

  private static String surest(List<Integer> mistakes, int most) {
    return mistakes.size() <= most
        ? "all " + Numbers.count(mistakes.size()) + ", the surest first."
        : most
            + " of "
            + Numbers.count(mistakes.size())
            + ", those that the network is surest about.";
  }

  private void addRows(Page page, List<Integer> mistakes) {
    int features = Math.min(MOST_FEATURES, data.inputs());
    List<String> header = new ArrayList<>(List.of(" true", " taken for"));
    for (int feature = 0; feature < features; feature++) {
      header.add(Answers.featureName(data, feature));
    }
    Table table = new Table(header);
    for (int row : mistakes.subList(0, Math.min(MOST_ROWS, mistakes.size()))) {
      List<String> cells =
          new ArrayList<>(List.of(" " + className(answers.truth(row)), " " + verdict(row)));
      for (int feature = 0; feature < features; feature++) {
        cells.add(Markup.number(answers.feature(row, feature), 4));
      }
      table.row(cells);
    }
    page.wideFigure(
        table.toString(),
        "Worst mistakes: "
            + surest(mistakes, MOST_ROWS)
            + (features < data.inputs()
                ? " The first " + features + " of " + data.inputs() + " features are shown."
                : ""));
  }
}
