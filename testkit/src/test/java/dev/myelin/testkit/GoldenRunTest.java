package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenRunTest {
  @Test
  void all_areTheTwentyEightThatPyTorchComputed() {
    List<GoldenRun> runs = GoldenRun.all();
    assertEquals(28, runs.size());
    assertEquals(28, runs.stream().map(GoldenRun::toString).distinct().count());
  }
}
