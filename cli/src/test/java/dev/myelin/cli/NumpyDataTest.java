package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.InvalidDataException;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.NumpyArchive;
import dev.myelin.model.TrainedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --data FILE.npz} takes for what. */
class NumpyDataTest {
  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void nameTheModel() {
    model = directory.resolve("model.safetensors");
  }

  private static byte[] npy(String type, String shape, byte... data) throws IOException {
    String text = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(type, shape);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), 0});
    bytes.write(text.getBytes(StandardCharsets.US_ASCII));
    bytes.write(data);
    return bytes.toByteArray();
  }

  private Path zip(String name, Object... namesAndContents) throws IOException {
    Path file = directory.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndContents[i] + ".npy"));
        zip.write((byte[]) namesAndContents[i + 1]);
        zip.closeEntry();
      }
    }
    return file;
  }

  private static byte[] pixels(Dataset data, int first, int count) throws IOException {
    byte[] bytes = new byte[count * 784];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * data.features()[first * 784 + i]);
    }
    return npy("|u1", "(%s, 28, 28)".formatted(count), bytes);
  }

  private static byte[] labels(Dataset data, int first, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * count);
    for (int i = 0; i < count; i++) {
      bytes.putLong(data.labels()[first + i]);
    }
    return npy(">i8", "(%s,)".formatted(count), bytes.array());
  }

  /** y = 2 a - b + 5 in floats, a and b far from 1. */
  private Path numbers(String targets) {
    int samples = 300;
    float[] features = new float[2 * samples];
    float[] values = new float[samples];
    for (int i = 0; i < samples; i++) {
      features[2 * i] = 1000 + i * 37 % 101;
      features[2 * i + 1] = i * 53 % 103;
      values[i] = 2 * features[2 * i] - features[2 * i + 1] + 5;
    }
    NumpyArchive archive = new NumpyArchive();
    archive.add(new NamedFloats("X", features, samples, 2));
    archive.add(new NamedFloats(targets, values, samples));
    Path file = directory.resolve(targets + ".npz");
    archive.write(file);
    return file;
  }

  @Test
  void trainAndTestArrays_areLearnedToTheSameBytesAsTheIdxFilesWithTheirNumbers()
      throws IOException {
    Dataset digits = GeneratedData.byName("digits", 400, 1);
    Path file =
        zip(
            "mnist.npz",
            "x_test",
            pixels(digits, 300, 100),
            "x_train",
            pixels(digits, 0, 300),
            "y_train",
            labels(digits, 0, 300),
            "y_test",
            labels(digits, 300, 100));
    Path idx = TestFiles.idx(directory.resolve("mnist"));
    Path idxModel = directory.resolve("idx.safetensors");
    CommandLineRun run =
        CommandLineRun.of("train", "--data", file, "--epochs", 2, "--save", model, "--json");
    assertEquals(0, run.exitCode(), run.err());
    CommandLineRun expected =
        CommandLineRun.of("train", "--data", idx, "--epochs", 2, "--save", idxModel, "--json");
    assertEquals(-1, Files.mismatch(idxModel, model));
    assertEquals(expected.json().get("test"), run.json().get("test"));

    CommandLineRun judged = CommandLineRun.of("eval", "--model", model, "--data", file, "--json");
    assertEquals(0, judged.exitCode(), judged.err());
    assertEquals(
        CommandLineRun.of("eval", "--model", idxModel, "--data", idx, "--json").json().get("test"),
        judged.json().get("test"));
    assertEquals(
        CommandLineRun.of("predict", "--model", idxModel, "--data", idx).out(),
        CommandLineRun.of("predict", "--model", model, "--data", file).out());

    CommandLineRun all =
        CommandLineRun.of("eval", "--model", model, "--data", file, "--part", "all");
    assertEquals(2, all.exitCode());
    assertTrue(
        all.err().contains("--part all: " + file + " is two sets; evaluate train and test one by"),
        all.err());
    CommandLineRun split = CommandLineRun.of("train", "--data", file, "--test-split", 0.5);
    assertEquals(2, split.exitCode());
    assertTrue(
        split.err().contains("which has its own test samples (x_test, y_test)"), split.err());
  }

  @Test
  void floatTargets_areQuantities_andColumnsAreStandardised() {
    Path file = numbers("y");
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            file,
            "--hidden",
            "none",
            "--epochs",
            100,
            "--lr",
            0.05,
            "--save",
            model,
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    CommandLineRun judged =
        CommandLineRun.of("eval", "--model", model, "--data", file, "--part", "all", "--json");
    assertEquals(0, judged.exitCode(), judged.err());
    // A constant would explain nothing; without standardisation the loss diverges.
    Map<?, ?> metrics = (Map<?, ?>) judged.json().get("test");
    assertTrue(metrics.get("r2") instanceof Double share && share > 0.99, judged.out());
  }

  @Test
  void predict_needsNoTargets() {
    Path file = numbers("y");
    CommandLineRun trained =
        CommandLineRun.of("train", "--data", file, "--epochs", 1, "--save", model);
    assertEquals(0, trained.exitCode(), trained.err());
    CommandLineRun run = CommandLineRun.of("predict", "--model", model, "--data", numbers("other"));
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(301, run.outLines().size());
    assertEquals("y", run.outLines().get(0));
    assertEquals(run.out(), CommandLineRun.of("predict", "--model", model, "--data", file).out());
  }

  @Test
  void whatIsThere_isSaid_whenAnArrayIsMissing_orDoesNotFitTheModel() throws IOException {
    CommandLineRun run = CommandLineRun.of("train", "--data", numbers("price"));
    assertEquals(3, run.exitCode());
    assertTrue(
        run.err().contains("price.npz: has no array y, but [X, price]: numpy.savez(file, y="),
        run.err());
    Path file = numbers("y");
    CommandLineRun.of("train", "--data", file, "--epochs", 1, "--save", model);
    Path wide = zip("wide.npz", "x", npy("|u1", "(1, 3)", new byte[3]));
    CommandLineRun predicted = CommandLineRun.of("predict", "--model", model, "--data", wide);
    assertEquals(3, predicted.exitCode());
    assertTrue(
        predicted.err().contains("the model takes 2 features, but data wide.npz has 3"),
        predicted.err());
  }

  @Test
  void testSamples_ofOtherSize_orOfANewClass_areRefused() throws IOException {
    byte[] labels = npy("|u1", "(4,)", (byte) 0, (byte) 1, (byte) 0, (byte) 1);
    byte[] other = npy("|u1", "(1,)", (byte) 2);
    byte[] features = npy("|u1", "(4, 2)", new byte[8]);
    Path wide =
        zip(
            "wide.npz",
            "x_train",
            features,
            "y_train",
            labels,
            "x_test",
            npy("|u1", "(4, 3)", new byte[12]),
            "y_test",
            labels);
    CommandLineRun run = CommandLineRun.of("train", "--data", wide, "--epochs", 1);
    assertEquals(3, run.exitCode());
    assertTrue(
        run.err().contains("wide.npz: a test sample is of 3 features and 2 targets, one to train"),
        run.err());
    Path strange =
        zip(
            "new.npz",
            "x_train",
            features,
            "y_train",
            labels,
            "x_test",
            npy("|u1", "(1, 2)", new byte[2]),
            "y_test",
            other);
    CommandLineRun second = CommandLineRun.of("train", "--data", strange, "--epochs", 1);
    assertEquals(3, second.exitCode());
    assertTrue(
        second.err().contains("y_test.npy: sample 0 is 2, which is none of the classes [0, 1]"),
        second.err());
  }

  @Test
  void integers_areClasses_unlessTheUserSays_andNotTooMany() throws IOException {
    byte[] each = new byte[60];
    for (int i = 0; i < each.length; i++) {
      each[i] = (byte) i;
    }
    Path file = zip("ints.npz", "x", npy("|u1", "(60,)", each), "y", npy("|u1", "(60,)", each));
    CommandLineRun run = CommandLineRun.of("train", "--data", file);
    assertEquals(3, run.exitCode());
    assertTrue(
        run.err()
            .contains(
                "ints.npz: y: 60 different classes in 60 samples are too many to learn; choose"
                    + " --task regression if they are quantities"),
        run.err());
    CommandLineRun quantities =
        CommandLineRun.of(
            "train", "--data", file, "--task", "regression", "--epochs", 1, "--save", model);
    assertEquals(0, quantities.exitCode(), quantities.err());
    CommandLineRun target = CommandLineRun.of("train", "--data", file, "--target", "y");
    assertEquals(2, target.exitCode());
    assertTrue(
        target.err().contains("--target is for CSV files, but " + file + " is an npz file"),
        target.err());
  }

  @Test
  void tooManyClasses_areRefused_beforeAnObjectIsMadeOfEach() throws IOException {
    int samples = 200_000;
    ByteBuffer labels = ByteBuffer.allocate(Integer.BYTES * samples);
    for (int i = 0; i < samples; i++) {
      labels.putInt(i * 7);
    }
    String shape = "(" + samples + ",)";
    Path file =
        zip(
            "many.npz",
            "x",
            npy("|u1", shape, new byte[samples]),
            "y",
            npy(">i4", shape, labels.array()));
    NumpyParts parts = new NumpyParts(file);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    InvalidDataException refusal =
        assertThrows(InvalidDataException.class, () -> parts.train(Task.AUTO));
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(
        file
            + ": y: 200000 different classes in 200000 samples are too many to learn; choose --task"
            + " regression if they are quantities",
        refusal.getMessage());
    // The labels, what sorting may borrow, the classes alone, and a few blocks of the file.
    assertTrue(bytes < 3L * Long.BYTES * samples + (1 << 20), bytes + " bytes");
  }

  @Test
  void testSamples_thatArePixels_whereThoseToTrainOnAreNot_areRefused() throws IOException {
    byte[] labels = npy("|u1", "(2,)", (byte) 0, (byte) 1);
    byte[] columns = npy("|u1", "(2, 4)", new byte[8]);
    byte[] images = npy("|u1", "(2, 2, 2)", new byte[8]);
    for (boolean isTestPixels : new boolean[] {false, true}) {
      Path file =
          zip(
              "mixed.npz",
              "x_train",
              isTestPixels ? columns : images,
              "y_train",
              labels,
              "X_test",
              isTestPixels ? images : columns,
              "y_test",
              labels);
      CommandLineRun run = CommandLineRun.of("train", "--data", file, "--save", model);
      assertEquals(3, run.exitCode());
      String expected =
          (isTestPixels ? "X_test holds pixels" : "x_train holds pixels")
              + " (bytes of 3 or more dimensions, taken as 0 to 1), but "
              + (isTestPixels ? "x_train" : "X_test")
              + " does not; save both in the same shape and type";
      assertTrue(run.err().contains("mixed.npz: " + expected), run.err());
    }
  }

  @Test
  void bytes_thatAreNotScaledAsThoseTrainedOn_areRefused() throws IOException {
    byte[] bytes = new byte[4 * 40];
    byte[] classes = new byte[40];
    float[] quantities = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 37);
      quantities[i] = (bytes[i] & 0xff) / 255f;
      classes[i / 4] = (byte) (i / 4 % 2);
    }
    byte[] labels = npy("|u1", "(40,)", classes);
    Path images = zip("images.npz", "x", npy("|u1", "(40, 2, 2)", bytes), "y", labels);
    Path columns = zip("columns.npz", "x", npy("|u1", "(40, 4)", bytes), "y", labels);
    NumpyArchive archive = new NumpyArchive();
    archive.add(new NamedFloats("x", quantities, 40, 4));
    Path floats = directory.resolve("floats.npz");
    archive.write(floats);
    Path ofColumns = directory.resolve("columns.safetensors");
    train(images, model);
    train(columns, ofColumns);
    for (String command : new String[] {"predict", "eval"}) {
      CommandLineRun run = CommandLineRun.of(command, "--model", model, "--data", columns);
      assertEquals(3, run.exitCode(), command);
      String expected =
          "columns.npz: x holds bytes in columns, taken as 0 to 255, but the model takes its inputs"
              + " as they are, pixels as 0 to 1; save images as (samples, rows, columns), or"
              + " x.astype('float32') in the unit of the training data";
      assertTrue(run.err().contains(expected), run.err());
      run = CommandLineRun.of(command, "--model", ofColumns, "--data", images);
      assertEquals(3, run.exitCode(), command);
      expected =
          "images.npz: x holds pixels (bytes of 3 or more dimensions, taken as 0 to 1), but the"
              + " model was trained on numbers that it standardises; save them as those were, with"
              + " x.reshape(len(x), -1) for bytes in columns";
      assertTrue(run.err().contains(expected), run.err());
    }
    // Floats are what the user says that they are.
    CommandLineRun same = CommandLineRun.of("predict", "--model", model, "--data", floats);
    assertEquals(0, same.exitCode(), same.err());
    assertEquals(
        CommandLineRun.of("predict", "--model", model, "--data", images).out(), same.out());
  }

  private static void train(Path data, Path model) {
    CommandLineRun run = CommandLineRun.of("train", "--data", data, "--epochs", 1, "--save", model);
    assertEquals(0, run.exitCode(), run.err());
  }

  /** Without their standardisation the first steps would all go into a mean of 10,000. */
  @Test
  void pixels_areTakenAsTheyAre_butFloatTargetsAreStandardised() throws IOException {
    int samples = 300;
    byte[] pixels = new byte[4 * samples];
    ByteBuffer targets = ByteBuffer.allocate(Float.BYTES * samples);
    for (int i = 0; i < samples; i++) {
      for (int pixel = 0; pixel < 4; pixel++) {
        pixels[4 * i + pixel] = (byte) (i * (37 + 16 * pixel) % 251);
      }
      targets.putFloat(10_000 + 2f * (pixels[4 * i] & 0xff) - (pixels[4 * i + 3] & 0xff));
    }
    Path file =
        zip(
            "ages.npz",
            "x",
            npy("|u1", "(300, 2, 2)", pixels),
            "y",
            npy(">f4", "(300,)", targets.array()));
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            file,
            "--hidden",
            "none",
            "--epochs",
            100,
            "--lr",
            0.05,
            "--save",
            model);
    assertEquals(0, run.exitCode(), run.err());
    TrainedModel trained = TrainedModel.load(model);
    assertEquals(Optional.empty(), trained.features());
    assertEquals(10_000, trained.targets().orElseThrow().means()[0], 1000);
    CommandLineRun judged =
        CommandLineRun.of("eval", "--model", model, "--data", file, "--part", "all", "--json");
    Map<?, ?> metrics = (Map<?, ?>) judged.json().get("test");
    assertTrue(metrics.get("r2") instanceof Double share && share > 0.99, judged.out());
  }
}
