package dev.myelin.cuda.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StandInCompilerTest {
  @Test
  void everySourceInTheFolder_isCompiled() throws IOException, URISyntaxException {
    Path folder = Path.of(StandInCompiler.class.getResource("driver.cpp").toURI()).getParent();
    try (Stream<Path> files = Files.list(folder)) {
      TreeSet<String> present =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("pp"))
              .collect(Collectors.toCollection(TreeSet::new));
      TreeSet<String> listed = new TreeSet<>(StandInCompiler.HEADERS);
      listed.addAll(StandInCompiler.SOURCES);
      assertEquals(present, listed);
    }
  }

  @Test
  void failedCommand_showsItsOutput() {
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class,
            () -> StandInCompiler.run(List.of("sh", "-c", "echo line 7: no such type; exit 3")));
    assertTrue(failure.getMessage().startsWith("exit status 3 of sh -c"), failure.getMessage());
    assertTrue(failure.getMessage().contains("line 7: no such type"), failure.getMessage());
  }
}
