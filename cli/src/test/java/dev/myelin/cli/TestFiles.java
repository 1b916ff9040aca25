package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small data files of every format. */
final class TestFiles {
  private TestFiles() {}

  /** IDX files of generated digits, the labels gzipped: 300 to train, 100 to test. */
  static Path idx(Path directory) throws IOException {
    Files.createDirectories(directory);
    Dataset digits = GeneratedData.byName("digits", 400, 1);
    writeIdx(directory, "train", digits, 0, 300);
    writeIdx(directory, "t10k", digits, 300, 100);
    return directory;
  }

  private static void writeIdx(Path directory, String part, Dataset data, int first, int count)
      throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 784);
    images.putInt(0x803).putInt(count).putInt(28).putInt(28);
    for (int i = 0; i < count * 784; i++) {
      images.put((byte) Math.round(255 * data.features()[first * 784 + i]));
    }
    Files.write(directory.resolve(part + "-images-idx3-ubyte"), images.array());
    ByteBuffer labels = ByteBuffer.allocate(8 + count);
    labels.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      labels.put((byte) data.labels()[first + i]);
    }
    Path file = directory.resolve(part + "-labels-idx1-ubyte.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(labels.array());
    }
  }

  /** Two classes in words, told apart by whether a + b is above 10; with a header. */
  static Path classes(Path file) throws IOException {
    StringBuilder text = new StringBuilder("a;b;kind\n");
    for (int i = 0; i < 300; i++) {
      double a = (i * 37 % 101) / 10.0;
      double b = (i * 53 % 103) / 10.0;
      text.append(a).append(';').append(b).append(';').append(a + b > 10 ? "large" : "small");
      text.append('\n');
    }
    return Files.writeString(file, text);
  }

  /** y = 1000 + 50 a - 20 b, with a header. */
  static Path numbers(Path file) throws IOException {
    StringBuilder text = new StringBuilder("a,b,price\n");
    for (int i = 0; i < 300; i++) {
      double a = (i * 37 % 101) / 10.0;
      double b = (i * 53 % 103) / 10.0;
      text.append(a).append(',').append(b).append(',').append(1000 + 50 * a - 20 * b).append('\n');
    }
    return Files.writeString(file, text);
  }
}
