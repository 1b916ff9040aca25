package dev.myelin.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures as functions from data to markup. */
class FiguresTest {
  @Test
  void escape_leavesNothingThatIsMarkup() {
    assertEquals("a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;", Markup.escape("a <b> & \"c\" 'd'"));
    assertEquals("\uFFFD\uFFFDx\n\uD83D\uDE00", Markup.escape("\u0000\uD800x\n\uD83D\uDE00"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1234567.8, '1,230,000'",
    "0.1, 0.1",
    "-0.012345, -0.0123",
    "0.00001234, 1.23e-5",
    "100, 100",
    "2e10, 2e10",
    "NaN, -",
    "99.99, 100",
    "-Infinity, -"
  })
  void number_hasThreeFiguresAndNoMore(double value, String expected) {
    assertEquals(expected, Markup.number(value, 3));
  }

  @Test
  void axis_hasRoundTicksWithinItsEnds() {
    assertEquals(List.of(0.0, 0.5, 1.0, 1.5), new Axis(-0.1, 1.9, false).ticks(5));
    assertEquals(List.of(5.0, 10.0, 15.0, 20.0, 25.0, 30.0), new Axis(1, 30, false).ticks(6));
    assertEquals(List.of(0.01, 0.1, 1.0), new Axis(0.005, 3, true).ticks(5));
    assertEquals(List.of(1.0, 2.0, 3.0), new Axis(1, 3, false).wholeTicks(6));
  }

  @Test
  void axis_ofEqualOrNoValues_isStillARange() {
    assertEquals(new Axis(2, 6, false), Axis.of(new double[] {4, 4}, 0));
    assertEquals(new Axis(-1, 1, false), Axis.of(new double[] {0}, 0.1));
    assertEquals(new Axis(0, 1, false), Axis.of(new double[0], 0.1));
  }

  @Test
  void axis_isLogarithmicOnlyForPositiveValuesThatAreFarApart() {
    assertTrue(Axis.ofPositive(new double[] {1, 0.01}).isLogarithmic());
    assertFalse(Axis.ofPositive(new double[] {1, 0.1}).isLogarithmic());
    assertFalse(Axis.ofPositive(new double[] {1, 0}).isLogarithmic());
    Axis axis = new Axis(0.01, 1, true);
    assertEquals(0.5, axis.share(0.1), 1e-12);
    assertEquals(0.1, axis.at(0.5), 1e-12);
  }

  @Test
  void contour_ofAPlane_hasTheAreaThatTheFormulaGives() {
    int nodes = 11;
    double[] at = new double[nodes];
    double[] field = new double[nodes * nodes];
    for (int i = 0; i < nodes; i++) {
      at[i] = i;
    }
    for (int row = 0; row < nodes; row++) {
      for (int column = 0; column < nodes; column++) {
        field[row * nodes + column] = row + column - 7.25; // a triangle is missing of the square
      }
    }
    assertEquals(100 - 7.25 * 7.25 / 2, area(Contour.area(at, at, field)), 0.01);
    assertEquals("", Contour.area(at, at, filled(nodes * nodes, -1)));
    assertEquals(100, area(Contour.area(at, at, filled(nodes * nodes, 0))), 1e-9);
  }

  private static double[] filled(int length, double value) {
    double[] filled = new double[length];
    Arrays.fill(filled, value);
    return filled;
  }

  /** By the shoelace formula, of a path of M, L, H, V and z. */
  private static double area(String path) {
    double area = 0;
    for (String part : path.split("z", -1)) {
      List<double[]> points = new ArrayList<>();
      Matcher matcher = Pattern.compile("([MLHV])([\\d.]+)(?: ([\\d.]+))?").matcher(part);
      while (matcher.find()) {
        double first = Double.parseDouble(matcher.group(2));
        double[] last = points.isEmpty() ? null : points.get(points.size() - 1);
        points.add(
            switch (matcher.group(1)) {
              case "H" -> new double[] {first, last[1]};
              case "V" -> new double[] {last[0], first};
              default -> new double[] {first, Double.parseDouble(matcher.group(3))};
            });
      }
      for (int i = 0; i < points.size(); i++) {
        double[] a = points.get(i);
        double[] b = points.get((i + 1) % points.size());
        area += (a[0] * b[1] - b[0] * a[1]) / 2;
      }
    }
    return area;
  }

  @Test
  void pixelImage_isAPngThatHoldsThePixels() throws IOException {
    float[] pixels = {9, 0, 0.5f, 1, 2, -1, 0.25f};
    String uri = PixelImage.dataUri(pixels, 1, 2, 3, 0, 1);
    byte[] file = Base64.getDecoder().decode(uri.substring("data:image/png;base64,".length()));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    assertEquals(3, image.getWidth());
    assertEquals(2, image.getHeight());
    int[] expected = {255, 128, 0, 0, 255, 191};
    for (int i = 0; i < 6; i++) {
      int grey = image.getRaster().getSample(i % 3, i / 3, 0);
      assertEquals(expected[i], grey, "pixel " + i);
    }
  }

  @Test
  void summary_hasTheKnownMoments() {
    Summary summary = Summary.of(new float[] {0, 2, 4, -2});
    assertEquals(1, summary.mean());
    assertEquals(Math.sqrt(5), summary.deviation(), 1e-15);
    assertEquals(-2, summary.least());
    assertEquals(4, summary.greatest());
    assertEquals(1, summary.zeros());
    assertEquals(Math.sqrt(24), summary.norm(), 1e-15);
  }

  @Test
  void histogram_saysHowManyNumbersAreBeyondFiveDeviations() {
    float[] values = new float[1000];
    values[3] = 1;
    assertEquals(1, new Histogram(values).beyond());
    assertEquals(0, new Histogram(new float[] {1, 2, 3}).beyond());
    assertEquals(0, new Histogram(new float[5]).beyond());
    assertTrue(new Histogram(new float[1]).draw("none", 0).contains("<path"));
  }

  @Test
  void confusion_showsNumbers_orAnImage_orThePairs_asClassesGrow() {
    int[][] two = {{5, 1}, {0, 4}};
    String small = new ConfusionTable(List.of("<a>", "b"), two).draw();
    assertTrue(small.contains("&lt;a&gt;") && small.contains("83.3%"), small);
    String medium = confusionOf(100);
    assertTrue(medium.contains("<svg") && medium.contains("taken for"), medium);
    String large = confusionOf(300);
    assertFalse(large.contains("<svg"), large);
    assertTrue(large.contains("class 7"), large);
  }

  private static String confusionOf(int classes) {
    List<String> names = new ArrayList<>();
    int[][] counts = new int[classes][classes];
    for (int i = 0; i < classes; i++) {
      names.add("class " + i);
      counts[i][i] = 3;
    }
    counts[7][8] = 2;
    return new ConfusionTable(names, counts).draw();
  }

  @Test
  void marks_ofThirtyFiveClasses_areAllDifferent() {
    List<String> marks = new ArrayList<>();
    for (int i = 0; i < 35; i++) {
      marks.add(Svg.color(i) + Svg.mark(i, 0, 0, 1));
    }
    assertEquals(35, marks.stream().distinct().count());
  }

  @Test
  void lineChart_ofOneEpoch_orWithGaps_isDrawn() {
    double[] xs = {1};
    String one = LineChart.ofPositive("t", "x", "y", List.of(line("training", xs, 0.5)));
    assertTrue(one.contains(">training</text>"), one);
    assertFalse(one.contains("NaN"), one);
    String gaps =
        LineChart.ofPercent(
            "t",
            "x",
            "y",
            List.of(line("a", new double[] {1, 2, 3}, 50, Double.NaN, 70), line("b", xs, 70)));
    assertFalse(gaps.contains("NaN"), gaps);
  }

  private static LineChart.Line line(String name, double[] xs, double... ys) {
    return new LineChart.Line(name, xs, ys);
  }

  @Test
  void page_forbidsWhatIsNotInItself_andEscapesWhatItIsGiven() {
    Page page = new Page("<script>alert(1)</script>", "a & b");
    page.section("One").figure("<svg></svg>", "caption <i>").command("./myelin 'a<b'");
    String html = page.toString();
    assertTrue(html.startsWith(Page.BEGINNING));
    assertTrue(html.contains("default-src 'none'"));
    assertFalse(html.contains("<script"), html);
    assertFalse(html.contains("caption <i>"), html);
    assertTrue(html.contains("./myelin &#39;a&lt;b&#39;"), html);
    assertEquals(html, page.toString());
  }
}
