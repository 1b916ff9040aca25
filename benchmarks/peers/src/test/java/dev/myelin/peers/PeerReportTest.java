package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerReportTest {
  @Test
  void readmeAndPlots_areMadeOfTheFilesInResults() throws IOException {
    Path root = Path.of("..", "..");
    assertEquals(
        List.of(),
        PeerReport.stale(PeerReport.generate(root)),
        "run benchmarks/peers/report to make them anew");
  }

  @Test
  void replaced_changesWhatIsBetweenTheMarkers() {
    assertEquals(
        "a\n<!-- peers -->\nnew\n<!-- /peers -->\nb\n",
        PeerReport.replaced("a\n<!-- peers -->\nold\n<!-- /peers -->\nb\n", "new\n"));
  }

  @Test
  void replaced_withoutMarkers_throws() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> PeerReport.replaced("text", "new"));
    assertEquals(
        "README.md has no lines '<!-- peers -->' and '<!-- /peers -->' in this order",
        refused.getMessage());
  }
}
