package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link dev.myelin.fuzz.FileFormatsFuzzTest}, for CSV files. */
final class CsvFuzzTest {
  private static final Path FILE = temporary();

  @MethodSource("seeds")
  @FuzzTest
  void csv(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    for (Task task : Task.values()) {
      try {
        Dataset data = CsvFiles.readTraining(FILE, null, task);
        assertTrue(data.samples() > 0 && data.inputs() > 0);
        for (float feature : data.features()) {
          assertTrue(Float.isFinite(feature), "feature " + feature);
        }
      } catch (InvalidDataException refusal) {
        assertTrue(refusal.getMessage().contains(FILE.toString()), refusal.getMessage());
      }
    }
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(
        Stream.of(new byte[0], new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0, ',', 0, 'b', 0}),
        Stream.of(
                "a,b,c\n1,2,x\n3,4,y\n",
                "\ufeffa;b;c\r\n1,5;2,5;x\r\n3,5;4,5;y\r\n",
                "1\t2\t3\n4\t5\t6\n",
                "a,b\n1,2\n3\n",
                "a,b\n1,2,3\n",
                "a,a\n1,2\n",
                "a,b\nNaN,1\n2,2\n",
                "a,b\nInfinity,1\n2,2\n",
                "a,b\n1e999,1\n2,2\n",
                "a,b\n7,1\n7,2\n",
                "a,b\n1,x\n2,x\n",
                "a,b\n\"1\n\",2\n",
                "a,b\n\"1,2\n",
                "a\n1\n2\n",
                "a,b\n" + "9".repeat(1_000) + ",1\n",
                "\n\n\n",
                ",\n,\n")
            .map(text -> text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Path temporary() {
    try {
      Path file = Files.createTempFile("myelin-fuzz-csv", ".csv");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
