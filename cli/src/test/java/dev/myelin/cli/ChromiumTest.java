package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.myelin.cli.report.Markup;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser opens reports: nothing is asked of the network, nothing is complained about, every
 * figure is there, and a phone need not be scrolled sideways.
 *
 * <p>Skipped where Chromium is not installed, unless {@code -Dmyelin.requireDevices} names
 * chromium.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ChromiumTest {
  private static final int PHONE_WIDTH = 390;
  private static final int DESKTOP_WIDTH = 1200;

  @TempDir Path directory;

  /** Measures the page in a frame, since the page itself allows no script. */
  private static final String MEASURE =
      """
      const page = document.querySelector("iframe").contentDocument;
      const box = element => element.getBoundingClientRect();
      const results = {
        title: page.title,
        width: page.documentElement.scrollWidth,
        figures: page.querySelectorAll("figure").length,
        emptyFigures: [...page.querySelectorAll("figure")]
          .filter(each => box(each).width < 50 || box(each).height < 20).length,
        drawings: page.querySelectorAll("figure svg[role=img]").length,
        emptyDrawings: [...page.querySelectorAll("figure svg[role=img]")]
          .filter(each => box(each).width < 50 || box(each).height < 20
            || each.querySelector("path") === null || !each.querySelector("title").textContent)
          .length,
        brokenImages: [...page.images].filter(each => each.naturalWidth !== 28).length,
        images: page.images.length,
        requests: page.defaultView.performance.getEntriesByType("resource")
          .filter(each => !each.name.startsWith("data:")).length,
        background: page.defaultView.getComputedStyle(page.documentElement).backgroundColor,
      };
      const text = document.createElement("pre");
      text.textContent = JSON.stringify(results);
      document.body.replaceChildren(text);
      """;

  private static Path chromium() {
    boolean isRequired =
        System.getProperty("myelin.requireDevices", "").matches("(.*,)?chromium(,.*)?");
    Path found =
        Stream.of(System.getenv("PATH").split(":", -1))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    if (found == null && isRequired) {
      fail("myelin.requireDevices names chromium, but there is none on the PATH");
    }
    Assumptions.assumeTrue(found != null, "Chromium is not installed: sudo apt install chromium");
    return found;
  }

  private String report(Object... data) throws IOException {
    Path file = directory.resolve("report.html");
    List<Object> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(data));
    arguments.addAll(List.of("--report", file, "--save", directory.resolve("model")));
    CommandLineRun run = CommandLineRun.of(arguments.toArray());
    assertEquals(0, run.exitCode(), run.err());
    return Files.readString(file);
  }

  /** What the page measures in a frame of that width; fails when the console says anything. */
  @SuppressWarnings("unchecked")
  private Map<String, Object> measured(String page, int width, boolean isDark) throws Exception {
    Path harness = directory.resolve("harness.html");
    Files.writeString(
        harness,
        "<!DOCTYPE html><meta charset=\"utf-8\"><body><iframe style=\"width:"
            + width
            + "px;height:2000px;border:0\" srcdoc=\""
            + Markup.escape(page)
            + "\"></iframe><script>window.onload = () => {"
            + MEASURE
            + "};</script>");
    Path out = directory.resolve("dom");
    Path err = directory.resolve("console");
    Process browser =
        new ProcessBuilder(
                chromium().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--enable-logging=stderr",
                "--window-size=" + (width + 50) + ",2000",
                "--blink-settings=preferredColorScheme=" + (isDark ? 0 : 1),
                "--user-data-dir=" + Files.createTempDirectory(directory, "browser"),
                "--dump-dom",
                harness.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(browser.waitFor(2, TimeUnit.MINUTES), "Chromium did not end");
    } finally {
      browser.destroyForcibly();
    }
    String console = Files.readString(err);
    List<String> complaints = console.lines().filter(line -> line.contains(":CONSOLE")).toList();
    assertEquals(List.of(), complaints);
    String dom = Files.readString(out);
    assertTrue(dom.contains("<pre>{"), dom + console);
    String json = dom.substring(dom.indexOf("<pre>") + 5, dom.indexOf("</pre>"));
    return (Map<String, Object>)
        Json.read(json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
  }

  private void assertReads(String page, String title, long leastDrawings) throws Exception {
    for (int width : new int[] {PHONE_WIDTH, DESKTOP_WIDTH}) {
      Map<String, Object> measures = measured(page, width, width == PHONE_WIDTH);
      String all = width + " px: " + measures;
      assertTrue(((String) measures.get("title")).startsWith(title), all);
      assertTrue((long) measures.get("width") <= width, all);
      assertTrue((long) measures.get("drawings") >= leastDrawings, all);
      for (String none : List.of("emptyFigures", "emptyDrawings", "brokenImages", "requests")) {
        assertEquals(0L, measures.get(none), all);
      }
      String background = width == PHONE_WIDTH ? "rgb(21, 24, 27)" : "rgb(255, 255, 252)";
      assertEquals(background, measures.get("background"), all);
    }
  }

  @Test
  void ofSpirals_reads() throws Exception {
    chromium();
    // The map, loss, accuracy, and three layers' weights and gradients.
    assertReads(report("--data", "spirals", "--epochs", 3), "spirals: ", 9);
  }

  @Test
  void ofSine_reads() throws Exception {
    chromium();
    // The curve, loss, errors, and three layers' weights and gradients.
    assertReads(report("--data", "sine", "--epochs", 3), "sine: ", 9);
  }

  @Test
  void ofDigits_readsAndShowsItsMistakes() throws Exception {
    chromium();
    String page = report("--samples", 900, "--epochs", 2);
    assertReads(page, "digits: ", 6);
    assertTrue((long) measured(page, PHONE_WIDTH, false).get("images") > 0);
  }

  @Test
  void ofATableWithHostileNames_reads() throws Exception {
    chromium();
    Path data = TestFiles.numbers(directory.resolve("<img src=x onerror=alert(1)>.csv"));
    String wide = "a_very_long_name_".repeat(12);
    Files.writeString(
        data,
        Files.readString(data)
            .replace("a,b,price", "<script>alert(1)</script>," + wide + ",</title>"));
    assertReads(report("--data", data, "--epochs", 2), "<img src=x", 6);
    Path classes = TestFiles.classes(directory.resolve("classes.csv"));
    Files.writeString(classes, Files.readString(classes).replace("large", wide));
    assertReads(report("--data", classes, "--epochs", 1), "classes.csv: ", 7);
  }

  @Test
  void aPageThatAsksTheNetwork_isFound() throws Exception {
    chromium();
    String page = report("--data", "moons", "--epochs", 1);
    String bad = page.replace("<header>", "<header><img src=\"https://example.org/x.png\">");
    assertFalse(bad.equals(page));
    AssertionError found =
        assertThrows(AssertionError.class, () -> measured(bad, PHONE_WIDTH, false));
    assertTrue(found.getMessage().contains("Content Security Policy"), found.getMessage());
  }
}
