package dev.myelin.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads images of digits in the format of MNIST: a file of images and a file of labels, each plain
 * or gzipped.
 *
 * <p>Source of the format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class IdxFiles {
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private IdxFiles() {}

  /**
   * The training set in a directory: {@code train-images-idx3-ubyte} and {@code
   * train-labels-idx1-ubyte}, also spelled {@code train-images.idx3-ubyte}, also with {@code .gz}.
   *
   * @throws InvalidDataException if a file is missing (names those looked for) or malformed
   */
  public static Dataset readTrain(Path directory) {
    return readPart(directory, "train", "train");
  }

  /**
   * The test set in a directory: {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte},
   * spelled in the same ways.
   *
   * @throws InvalidDataException if a file is missing (names those looked for) or malformed
   */
  public static Dataset readTest(Path directory) {
    return readPart(directory, "t10k", "test");
  }

  private static Dataset readPart(Path directory, String prefix, String part) {
    Path images = find(directory, prefix + "-images", "idx3-ubyte");
    Path labels = find(directory, prefix + "-labels", "idx1-ubyte");
    Path directoryName = directory.toAbsolutePath().normalize().getFileName();
    String name = directoryName == null ? "idx" : directoryName.toString();
    return read(name + " (" + part + ")", images, labels);
  }

  private static Path find(Path directory, String stem, String type) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidDataException(
          directory + ": no such directory; give the one that holds " + stem + "-" + type);
    }
    List<String> names = new ArrayList<>();
    for (String separator : List.of("-", ".")) {
      for (String suffix : List.of("", ".gz")) {
        String name = stem + separator + type + suffix;
        if (Files.isRegularFile(directory.resolve(name))) {
          return directory.resolve(name);
        }
        names.add(name);
      }
    }
    throw new InvalidDataException(
        "%s: holds none of %s; copy one of them there"
            .formatted(directory, String.join(", ", names)));
  }

  /**
   * Images with their labels: pixels divided by 255, so that 0 becomes 0 and 255 becomes 1; ten
   * classes "0" to "9".
   *
   * @param name how messages and reports call the data set
   * @param images IDX file of [images, rows, columns] unsigned bytes, plain or gzipped
   * @param labels IDX file of [images] unsigned bytes, each below 10, plain or gzipped
   * @throws InvalidDataException naming file, byte, expected and found value
   */
  public static Dataset read(String name, Path images, Path labels) {
    IdxFile imageFile = new IdxFile(images, "images", "rows", "columns");
    IdxFile labelFile = new IdxFile(labels, "labels");
    if (imageFile.size(0) != labelFile.size(0)) {
      throw new InvalidDataException(
          "%s: %s images, but %s: %s labels; the two must belong together"
              .formatted(images, imageFile.size(0), labels, labelFile.size(0)));
    }
    int rows = imageFile.size(1);
    int columns = imageFile.size(2);
    int[] digits = readLabels(labelFile);
    float[] pixels = readPixels(imageFile);
    return Dataset.classification(name, rows * columns, pixels, digits, DIGITS)
        .withImageSize(rows, columns);
  }

  private static float[] readPixels(IdxFile file) {
    float[] pixels = new float[file.values()];
    file.forEachBlock(
        (block, length, first) -> {
          for (int i = 0; i < length; i++) {
            pixels[first + i] = (block[i] & 0xff) / 255f;
          }
        });
    return pixels;
  }

  private static int[] readLabels(IdxFile file) {
    int[] labels = new int[file.values()];
    file.forEachBlock(
        (block, length, first) -> {
          for (int i = 0; i < length; i++) {
            int label = block[i] & 0xff;
            if (label >= DIGITS.size()) {
              throw new InvalidDataException(
                  "%s: byte %s (label of sample %s) is %s, expected 0 to 9"
                      .formatted(file.path(), 8L + first + i, first + i, label));
            }
            labels[first + i] = label;
          }
        });
    return labels;
  }
}
