package dev.myelin.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads images of digits in the format of MNIST: a file of images and a file of labels, each plain
 * or gzipped.
 *
 * <p>Source of the format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class IdxFiles {
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  /**
   * Pixels that would take more of the heap than this share stay in their file: while data are read
   * and split there are two copies, and a device that computes in the heap takes a third.
   */
  private static final int LARGEST_SHARE_OF_HEAP = 4;

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
   * <p>Images that would take more than a quarter of the heap as floats are not read but mapped
   * into memory, as {@link #map} does, unless they are gzipped.
   *
   * @param name how messages and reports call the data set
   * @param images IDX file of [images, rows, columns] unsigned bytes, plain or gzipped
   * @param labels IDX file of [images] unsigned bytes, each below 10, plain or gzipped
   * @throws InvalidDataException naming file, byte, expected and found value
   */
  public static Dataset read(String name, Path images, Path labels) {
    IdxFile imageFile = new IdxFile(images, "images", "rows", "columns");
    long heapBytes = Runtime.getRuntime().maxMemory();
    boolean isLarge = imageFile.values() > heapBytes / LARGEST_SHARE_OF_HEAP / Float.BYTES;
    if (isLarge && imageFile.isMappable()) {
      return map(name, imageFile, labels, MappedRows.LARGEST_MAPPING_BYTES);
    }
    if (imageFile.values() > heapBytes / Float.BYTES) {
      throw new InvalidDataException(
          String.format(
              Locale.ROOT,
              "%s: its %,d pixels take %,d MiB as floats, and Java may take %,d MiB. A gzipped file"
                  + " cannot be mapped into memory instead: unpack it with gunzip",
              images,
              imageFile.values(),
              (imageFile.values() * Float.BYTES) >> 20,
              heapBytes >> 20));
    }
    int[] digits = readLabels(imageFile, labels);
    return withSize(
        imageFile,
        Dataset.classification(name, inputs(imageFile), readPixels(imageFile), digits, DIGITS));
  }

  /**
   * As {@link #read}, with the images left in their file, which is mapped into memory: however
   * large it is, the heap holds no pixel of it. The file must stay as it is while the data are
   * used; when it becomes shorter, reading throws {@link InvalidDataException}.
   *
   * @throws InvalidDataException as {@link #read}, and for gzipped images, which cannot be mapped
   */
  public static Dataset map(String name, Path images, Path labels) {
    return map(
        name,
        new IdxFile(images, "images", "rows", "columns"),
        labels,
        MappedRows.LARGEST_MAPPING_BYTES);
  }

  /**
   * As {@link #map(String, Path, Path)}.
   *
   * @param mappingBytes what one mapping takes at most
   */
  static Dataset map(String name, IdxFile images, Path labels, int mappingBytes) {
    if (!images.isMappable()) {
      throw new InvalidDataException(
          images.path() + ": is gzipped and cannot be mapped into memory: unpack it with gunzip");
    }
    int[] digits = readLabels(images, labels);
    FeatureRows rows =
        MappedRows.of(
            images.path(), images.headerBytes(), images.size(0), inputs(images), mappingBytes);
    return withSize(images, Dataset.classification(name, inputs(images), rows, digits, DIGITS));
  }

  private static int inputs(IdxFile images) {
    return DatasetChecks.elements(images.path().toString(), images.size(1), images.size(2));
  }

  private static Dataset withSize(IdxFile images, Dataset data) {
    return data.withImageSize(images.size(1), images.size(2));
  }

  private static float[] readPixels(IdxFile file) {
    float[] pixels = new float[file.valuesOfArray()];
    file.forEachBlock(
        (block, length, first) -> {
          for (int i = 0; i < length; i++) {
            pixels[first + i] = (block[i] & 0xff) / 255f;
          }
        });
    return pixels;
  }

  private static int[] readLabels(IdxFile images, Path path) {
    IdxFile file = new IdxFile(path, "labels");
    if (images.size(0) != file.size(0)) {
      throw new InvalidDataException(
          "%s: %s images, but %s: %s labels; the two must belong together"
              .formatted(images.path(), images.size(0), path, file.size(0)));
    }
    int[] labels = new int[file.valuesOfArray()];
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
