package dev.myelin.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Samples in arrays that numpy.savez or numpy.savez_compressed wrote: the first dimension counts
 * samples, all others together are features or targets. The file stays open until {@link #close}.
 *
 * <p>Elements may be floats of 32 and 64 bits, whole numbers (unsigned ones up to 32 bits) and
 * truths, in either order of bytes. Unsigned bytes in 3 or more dimensions are pixels and divided
 * by 255, as those of {@link IdxFiles}. Objects are refused, not unpickled, and so are arrays
 * stored by columns.
 *
 * <p>Not taken, though Python's zipfile does: two members of one name, and bytes behind the zip.
 */
public final class NumpyFile implements Closeable {
  private static final String ENDING = ".npy";
  private static final byte[] END_RECORD = {'P', 'K', 5, 6};
  private static final int END_RECORD_BYTES = 22;

  private static final int MOST_NAMES_SHOWN = 20;

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> members = new LinkedHashMap<>();

  private NumpyFile(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      String name = entry.getName();
      if (!name.endsWith(ENDING)) {
        continue;
      }
      if (members.put(name.substring(0, name.length() - ENDING.length()), entry) != null) {
        throw new InvalidDataException(
            "%s: has two members %s; save it again".formatted(file, NumpyHeader.excerpt(name)));
      }
    }
  }

  /**
   * Opens a file and reads which arrays there are.
   *
   * @throws InvalidDataException if it cannot be read or is no zip
   */
  public static NumpyFile open(Path file) {
    try {
      requireEnd(file);
      ZipFile zip = new ZipFile(file.toFile());
      try {
        return new NumpyFile(file, zip);
      } catch (Throwable failure) {
        zip.close();
        throw failure;
      }
    } catch (ZipException | IllegalArgumentException cause) {
      // The latter is ZipFile's for names that are not UTF-8.
      throw new InvalidDataException(
          "%s: is a damaged npz file (%s); get the file again".formatted(file, cause.getMessage()),
          cause);
    } catch (IOException cause) {
      throw new InvalidDataException(
          "%s: cannot be read (%s)".formatted(file, cause.getMessage()), cause);
    }
  }

  /** ZipFile would look for the end within the last 64 KiB, and forget what follows. */
  private static void requireEnd(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidDataException(
          file + (Files.exists(file) ? ": is not a file" : ": no such file"));
    }
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      byte[] end = new byte[END_RECORD_BYTES];
      if (content.length() >= end.length) {
        content.seek(content.length() - end.length);
        content.readFully(end);
      }
      if (Arrays.mismatch(end, END_RECORD) != END_RECORD.length) {
        throw new InvalidDataException(
            file
                + ": does not end as numpy.savez ends a file: it is cut off, something was added, or"
                + " it is of another kind; get or save it again");
      }
    }
  }

  /** The arrays, by the names that numpy.savez was given, in the order of the file. */
  public List<String> names() {
    return List.copyOf(members.keySet());
  }

  /**
   * Whether an array's elements are floats, so that they are more likely quantities than classes.
   *
   * @throws InvalidDataException as {@link #features}
   */
  public boolean holdsFloats(String array) {
    return array(array).holdsFloats();
  }

  /**
   * Whether an array's elements are pixels, which come as 0 to 1.
   *
   * @throws InvalidDataException as {@link #features}
   */
  public boolean holdsPixels(String array) {
    return array(array).holdsPixels();
  }

  /**
   * Whether an array's elements are unsigned bytes, be they pixels or not.
   *
   * @throws InvalidDataException as {@link #features}
   */
  public boolean holdsBytes(String array) {
    return array(array).holdsBytes();
  }

  /**
   * The length of an array's first dimension.
   *
   * @throws InvalidDataException as {@link #features}
   */
  public int samples(String array) {
    return array(array).samples();
  }

  /**
   * How many features a sample has.
   *
   * @throws InvalidDataException as {@link #features}
   */
  public int inputs(String array) {
    return array(array).columns();
  }

  /**
   * Features alone: [samples, inputs] row-major.
   *
   * @throws InvalidDataException naming file and array, if there is no such array, it is damaged,
   *     its type is not one of numbers, or an element is not finite
   */
  public float[] features(String array) {
    NumpyArray features = array(array);
    features.samples();
    return features.floats();
  }

  /**
   * How many classes {@link #classNames} would name, which takes 8 bytes of memory per sample where
   * names of as many classes as samples would take a hundred.
   *
   * @throws InvalidDataException as {@link #classNames}
   */
  public int countClasses(String labels) {
    return classes(array(labels)).length;
  }

  /**
   * The classes among the elements of an array of labels: the different whole numbers, sorted.
   *
   * @throws InvalidDataException as {@link #features}, for elements that are not whole, and for an
   *     array that has not one per sample
   */
  public List<String> classNames(String labels) {
    return Arrays.stream(classes(array(labels))).mapToObj(Long::toString).toList();
  }

  /**
   * Samples that belong to one class each.
   *
   * @param name how messages and reports call the data set
   * @param features array of the features
   * @param labels array of whole numbers, [samples] or [samples, 1]
   * @param classNames each a whole number that the array may hold
   * @throws InvalidDataException as {@link #features}, and for a label that is no class
   */
  public Dataset classification(
      String name, String features, String labels, List<String> classNames) {
    NumpyArray labelArray = array(labels);
    if (classNames.size() < 2) {
      throw new InvalidDataException(
          labelArray.place() + ": has the classes " + classNames + "; at least two are needed");
    }
    long[] found = labels(labelArray);
    int[] indices = new int[found.length];
    Map<String, Integer> indexOfClass = new LinkedHashMap<>();
    classNames.forEach(each -> indexOfClass.put(each, indexOfClass.size()));
    for (int i = 0; i < found.length; i++) {
      Integer index = indexOfClass.get(Long.toString(found[i]));
      if (index == null) {
        throw new InvalidDataException(
            "%s: sample %s is %s, which is none of the classes %s"
                .formatted(labelArray.place(), i, found[i], classNames));
      }
      indices[i] = index;
    }
    NumpyArray featureArray = array(features);
    requireSameSamples(featureArray, labelArray);
    return withImageSize(
        Dataset.classification(
            name, featureArray.columns(), featureArray.floats(), indices, classNames),
        featureArray);
  }

  /**
   * Samples with one or more numbers each that a model is to predict.
   *
   * @param name how messages and reports call the data set
   * @param features array of the features
   * @param targets array of numbers, [samples] or [samples, targets]; they are called "y", or "y0",
   *     "y1" and so on
   * @throws InvalidDataException as {@link #features}
   */
  public Dataset regression(String name, String features, String targets) {
    NumpyArray featureArray = array(features);
    NumpyArray targetArray = array(targets);
    requireSameSamples(featureArray, targetArray);
    float[] values = targetArray.floats();
    // Until they have been read, there are as many columns as a damaged header likes.
    int columns = targetArray.columns();
    List<String> names =
        columns == 1
            ? List.of("y")
            : IntStream.range(0, columns).mapToObj(column -> "y" + column).toList();
    return withImageSize(
        Dataset.regression(name, featureArray.columns(), featureArray.floats(), values, names),
        featureArray);
  }

  private NumpyArray array(String name) {
    ZipEntry member = members.get(name);
    if (member == null) {
      throw new InvalidDataException(
          "%s: has no array %s, but %s: numpy.savez(file, %s=...) names one so"
              .formatted(file, name, known(), name));
    }
    return new NumpyArray(zip, member);
  }

  /** The names of the first arrays, for messages. */
  private String known() {
    List<String> names =
        members.keySet().stream().limit(MOST_NAMES_SHOWN).map(NumpyHeader::excerpt).toList();
    return names + (members.size() > MOST_NAMES_SHOWN ? " and others" : "");
  }

  private static long[] labels(NumpyArray array) {
    array.samples();
    if (array.columns() != 1) {
      throw new InvalidDataException(
          ("%s: has %s numbers per sample, expected one, the class: of one-hot rows save"
                  + " y.argmax(axis=1)")
              .formatted(array.place(), array.columns()));
    }
    return array.wholeNumbers();
  }

  private static long[] classes(NumpyArray array) {
    long[] values = labels(array);
    Arrays.sort(values);
    int count = 0;
    for (long value : values) {
      if (count == 0 || value != values[count - 1]) {
        values[count++] = value;
      }
    }
    return Arrays.copyOf(values, count);
  }

  private static void requireSameSamples(NumpyArray features, NumpyArray targets) {
    if (features.samples() != targets.samples()) {
      throw new InvalidDataException(
          "%s: %s samples, but %s: %s; the two must belong together"
              .formatted(features.place(), features.samples(), targets.place(), targets.samples()));
    }
  }

  private static Dataset withImageSize(Dataset data, NumpyArray features) {
    int[] shape = features.shape();
    return features.holdsPixels() && (long) shape[1] * shape[2] == data.inputs()
        ? data.withImageSize(shape[1], shape[2])
        : data;
  }

  /** Closes the file; a second time is harmless. What was read stays valid. */
  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot close " + file, cause);
    }
  }
}
