package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.escape;

import java.util.Locale;

/** Histograms of each layer's weights and of their gradients, side by side. */
public final class LayerGrid {
  private final StringBuilder html = new StringBuilder("<div class=\"layers\">");

  /**
   * Adds a layer.
   *
   * @param gradients of the weights; of none, only the weights are shown
   */
  public LayerGrid add(String name, float[] weights, float[] gradients) {
    html.append("<div class=\"layer\"><h3>").append(escape(name)).append("</h3>");
    add("weights", name, weights, 0);
    if (gradients.length > 0) {
      add("gradients", name, gradients, 5);
    }
    html.append("</div>");
    return this;
  }

  private void add(String what, String layer, float[] values, int color) {
    Histogram histogram = new Histogram(values);
    html.append("<div><p>").append(what);
    if (histogram.beyond() > 0) {
      html.append(String.format(Locale.ROOT, ", %,d beyond", histogram.beyond()));
    }
    html.append("</p>").append(histogram.draw("Histogram of the " + what + " of " + layer, color));
    html.append("</div>");
  }

  @Override
  public String toString() {
    return html + "</div>";
  }
}
