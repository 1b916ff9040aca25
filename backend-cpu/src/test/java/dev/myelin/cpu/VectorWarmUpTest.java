package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backends;
import org.junit.jupiter.api.Test;

/** Runs once for each vector length that backend-cpu/pom.xml lists. */
final class VectorWarmUpTest {
  @Test
  void prepare_ofTheCpu_hasTheTilesCompiledInTheEnd() throws InterruptedException {
    Backends.select("cpu").prepare();
    for (int i = 0; i < 60_000 && !WarmUp.tilesAreCompiled(); i++) {
      Thread.sleep(1);
    }
    assertTrue(WarmUp.tilesAreCompiled());
  }
}
