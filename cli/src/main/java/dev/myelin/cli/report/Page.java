package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.escape;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A page that needs nothing but itself: no script, no network, no font; its content security policy
 * says so to the browser. It follows the reader's choice of light or dark.
 */
public final class Page {
  /** How a file begins that this class has written. */
  public static final String BEGINNING =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="generator" content="myelin train --report">
      """;

  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private final String title;
  private final StringBuilder body = new StringBuilder();
  private boolean isSectionOpen;

  /**
   * Begins a page.
   *
   * @param title of the window and at its top
   * @param summary one or two sentences under it
   */
  public Page(String title, String summary) {
    this.title = title;
    body.append("<header><h1>").append(escape(title)).append("</h1><p>");
    body.append(escape(summary)).append("</p></header>\n");
  }

  /** Begins a part of the page. */
  public Page section(String heading) {
    closeSection();
    body.append("<section><h2>").append(escape(heading)).append("</h2>\n<div class=\"figures\">");
    isSectionOpen = true;
    return this;
  }

  /**
   * Adds a figure to the section.
   *
   * @param markup what the other classes here make
   * @param caption what it shows, and what is to be seen
   */
  public Page figure(String markup, String caption) {
    return figure("", markup, caption);
  }

  /** As {@link #figure}, beside two others where there is room. */
  public Page leadFigure(String markup, String caption) {
    return figure(" class=\"lead\"", markup, caption);
  }

  /** As {@link #figure}, over the whole width. */
  public Page wideFigure(String markup, String caption) {
    return figure(" class=\"wide\"", markup, caption);
  }

  private Page figure(String attributes, String markup, String caption) {
    body.append("<figure").append(attributes).append('>').append(markup);
    body.append("<figcaption>").append(escape(caption)).append("</figcaption></figure>\n");
    return this;
  }

  /** Adds text to the section. */
  public Page paragraph(String text) {
    body.append("<p class=\"wide\">").append(escape(text)).append("</p>\n");
    return this;
  }

  /** Adds a command as it is to be typed. */
  public Page command(String command) {
    body.append("<pre class=\"wide\"><code>").append(escape(command)).append("</code></pre>\n");
    return this;
  }

  private void closeSection() {
    body.append(isSectionOpen ? "</div></section>\n" : "");
    isSectionOpen = false;
  }

  @Override
  public String toString() {
    closeSection();
    return BEGINNING
        + "<meta http-equiv=\"Content-Security-Policy\" content=\""
        + POLICY
        + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
        + escape(title)
        + "</title>\n<style>\n"
        + styleSheet()
        + "</style>\n</head>\n<body>\n<main>\n"
        + body
        + "</main>\n</body>\n</html>\n";
  }

  private static String styleSheet() {
    try (InputStream in = Page.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is missing from the jar of the command line");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
