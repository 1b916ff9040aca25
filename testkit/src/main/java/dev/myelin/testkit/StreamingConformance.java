package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.data.Dataset;
import dev.myelin.data.IdxFiles;
import dev.myelin.data.InvalidDataException;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.CheckpointStore;
import dev.myelin.nn.Checkpointing;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Evaluator;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import dev.myelin.random.Philox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data that do not fit on the device pass through it in chunks, and nothing else changes: not the
 * order of samples and not a bit of the result. A backend's test class extends it.
 */
public abstract class StreamingConformance extends TrainingRuns {
  private static final int INPUTS = 6;

  @TempDir Path directory;

  /** What a run gave. */
  private record Outcome(List<Double> losses, List<Metrics> validation, List<Float> weights) {}

  /** In the last step of the last training. */
  private long usedBytes;

  private static Dataset regression(int samples, long seed) {
    Philox random = new Philox(seed, 0);
    float[] features = new float[samples * INPUTS];
    float[] targets = new float[samples * 2];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (float) random.nextGaussian();
    }
    return Dataset.regression("numbers", INPUTS, features, targets, List.of("a", "b"));
  }

  private static Dataset classes(int samples, long seed) {
    Dataset numbers = regression(samples, seed);
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = numbers.targets()[2 * i] > 0 ? 1 : 0;
    }
    return Dataset.classification("halves", INPUTS, numbers.features(), labels, List.of("-", "+"));
  }

  private Outcome train(long budgetBytes, Dataset training, Dataset validation, Loss loss) {
    TrainingOptions options = TrainingOptions.defaults(loss).withBatchSize(16).withEpochs(3);
    BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(budgetBytes);
    try (Backend device = Backends.open(device(), wishes);
        Mlp mlp = Mlp.create(device, spec(training.inputs(), training.outputs()), INITIALIZER, 5)) {
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void stepDone(int epoch, int step, int stepsPerEpoch) {
              usedBytes = device.memory().usedBytes();
            }
          };
      TrainingResult result = new Trainer(options).fit(mlp, training, validation, listener);
      return new Outcome(
          result.epochs().stream().map(EpochReport::loss).toList(),
          result.epochs().stream().map(EpochReport::validation).toList(),
          weightsOf(mlp));
    }
  }

  private static List<Float> weightsOf(Mlp mlp) {
    List<Float> weights = new ArrayList<>();
    for (float weight : mlp.stateDict().get(0).values()) {
      weights.add(weight);
    }
    return weights;
  }

  private static final Initializer INITIALIZER = Initializer.XAVIER;

  private static MlpSpec spec(int inputs, int outputs) {
    return MlpSpec.of(
        Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0.1f, inputs, 5, outputs);
  }

  @Test
  void fit_withDataThatDoNotFit_givesTheSameBits_forEveryKindOfTargets() {
    // 1500 is no multiple of the batch, and of no number of batches.
    for (Loss loss : List.of(Loss.crossEntropy(), Loss.huber(1))) {
      Outcome whole = train(0, classes(1500, 1), classes(75, 2), loss);
      for (long budget : new long[] {20 << 10, 32 << 10, 48 << 10}) {
        assertEquals(whole, train(budget, classes(1500, 1), classes(75, 2), loss), "" + budget);
      }
    }
    Loss squares = Loss.meanSquaredError(Loss.Reduction.MEAN);
    assertEquals(
        train(0, regression(1500, 1), regression(75, 2), squares),
        train(20 << 10, regression(1500, 1), regression(75, 2), squares));
  }

  @Test
  void fit_withDataThatDoNotFit_staysInItsBudget_andGivesAllBack() {
    Outcome whole = train(0, classes(5_000, 1), null, Loss.crossEntropy());
    assertTrue(usedBytes > 5_000 * 28, usedBytes + " bytes used");
    Outcome streamed = train(16 << 10, classes(5_000, 1), null, Loss.crossEntropy());
    assertTrue(usedBytes <= 16 << 10, usedBytes + " bytes used");
    assertEquals(whole, streamed);
    requireNoReader();
  }

  @Test
  void fit_withoutRoomForTwoBatches_saysHowMuchWasAsked() {
    BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(4 << 10);
    TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(400);
    try (Backend device = Backends.open(device(), wishes);
        Mlp mlp = Mlp.create(device, spec(INPUTS, 2), INITIALIZER, 5)) {
      long used = device.memory().usedBytes();
      OutOfDeviceMemoryException tooMuch =
          assertThrows(OutOfDeviceMemoryException.class, () -> fit(mlp, options, classes(500, 1)));
      assertTrue(tooMuch.getMessage().matches(".*\\d.*"), tooMuch.getMessage());
      assertEquals(used, device.memory().usedBytes());
    }
  }

  @Test
  void evaluate_withDataThatDoNotFit_givesTheSameBits() {
    Dataset data = classes(333, 3);
    Metrics[] metrics = new Metrics[2];
    float[][] outputs = new float[2][];
    for (int i = 0; i < 2; i++) {
      BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(i == 0 ? 0 : 6 << 10);
      try (Backend device = Backends.open(device(), wishes);
          Mlp mlp = Mlp.create(device, spec(INPUTS, 2), INITIALIZER, 5);
          Evaluator evaluator = new Evaluator(mlp, data, Loss.crossEntropy(), 10)) {
        assertEquals(evaluator.evaluate(), evaluator.evaluate());
        metrics[i] = evaluator.evaluate();
        outputs[i] = evaluator.outputs();
      }
    }
    assertEquals(metrics[0], metrics[1]);
    assertArrayEquals(outputs[0], outputs[1]);
  }

  @Test
  void fit_resumedInTheMidstOfAChunk_givesTheSameBits() {
    List<Checkpoint> saved = new ArrayList<>();
    Outcome whole = train(0, classes(500, 1), null, Loss.crossEntropy());
    BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(24 << 10);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(16).withEpochs(3);
    for (int step : new int[] {0, 1, 13, 31, 32, 33, 60}) {
      CheckpointStore store =
          new CheckpointStore() {
            @Override
            public String name() {
              return "memory";
            }

            @Override
            public Optional<Checkpoint> newest() {
              return step == 0 ? Optional.empty() : Optional.of(saved.get(step - 1));
            }

            @Override
            public void save(Checkpoint checkpoint) {
              saved.add(checkpoint);
            }
          };
      try (Backend device = Backends.open(device(), wishes);
          Mlp mlp = Mlp.create(device, spec(INPUTS, 2), INITIALIZER, 5)) {
        new Trainer(options)
            .fit(
                mlp,
                classes(500, 1),
                null,
                TrainingListener.NONE,
                new Checkpointing(store, 1, Map.of()));
        assertEquals(whole.weights(), weightsOf(mlp), "from step " + step);
      }
    }
  }

  @Test
  void fit_onAMappedFile_givesTheSameBits_wholeAndInChunks() throws IOException {
    Path images = writeImages(1000);
    Path labels = directory.resolve("labels");
    Dataset inMemory = IdxFiles.read("pixels", images, labels);
    Dataset mapped = IdxFiles.map("pixels", images, labels);
    assertTrue(inMemory.isInMemory() && !mapped.isInMemory());
    Outcome expected = train(0, inMemory, inMemory.take(50), Loss.crossEntropy());
    assertEquals(expected, train(0, mapped, mapped.take(50), Loss.crossEntropy()));
    assertEquals(expected, train(24 << 10, mapped, mapped.take(50), Loss.crossEntropy()));
  }

  @Test
  void fit_onAMappedFileThatIsCutOff_endsWithATypedError() throws IOException {
    // Larger than a page, so that reading fails as well as reading zeros.
    Path images = writeImages(4_000);
    Dataset mapped = IdxFiles.map("pixels", images, directory.resolve("labels"));
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(16).withEpochs(1000);
    BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(32 << 10);
    try (Backend device = Backends.open(device(), wishes);
        Mlp mlp = Mlp.create(device, spec(INPUTS, 10), INITIALIZER, 5)) {
      long used = device.memory().usedBytes();
      TrainingListener cutting =
          new TrainingListener() {
            @Override
            public void stepDone(int epoch, int step, int stepsPerEpoch) {
              if (step == 3) {
                cut(images, 8_000);
              }
            }
          };
      InvalidDataException error =
          assertThrows(
              InvalidDataException.class,
              () -> new Trainer(options).fit(mlp, mapped, null, cutting));
      assertTrue(
          error
              .getMessage()
              .startsWith(
                  images + ": became shorter while it was read: 8000 bytes, expected 24016"),
          error.getMessage());
      assertEquals(used, device.memory().usedBytes());
      requireNoReader();
    }
  }

  @Test
  void requestStop_inTheMidstOfAChunk_endsTheReaderToo() {
    BackendOptions wishes = BackendOptions.DEFAULT.withMemoryBudgetBytes(24 << 10);
    TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(16);
    Trainer trainer = new Trainer(options);
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void stepDone(int epoch, int step, int stepsPerEpoch) {
            if (step == 5) {
              trainer.requestStop();
            }
          }
        };
    try (Backend device = Backends.open(device(), wishes);
        Mlp mlp = Mlp.create(device, spec(INPUTS, 2), INITIALIZER, 5)) {
      assertEquals(
          TrainingResult.End.STOP_REQUESTED,
          trainer.fit(mlp, classes(5_000, 1), null, stopping).end());
      requireNoReader();
    }
  }

  private static void requireNoReader() {
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(each -> each.startsWith("reader of "))
            .toList());
  }

  private static void cut(Path file, long bytes) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Images of 2 x 3 pixels, and their labels beside them. */
  private Path writeImages(int samples) throws IOException {
    Philox random = new Philox(1, 0);
    ByteBuffer images = ByteBuffer.allocate(16 + samples * INPUTS);
    images.putInt(0x803).putInt(samples).putInt(2).putInt(3);
    while (images.hasRemaining()) {
      images.put((byte) random.nextInt());
    }
    ByteBuffer labels = ByteBuffer.allocate(8 + samples).putInt(0x801).putInt(samples);
    while (labels.hasRemaining()) {
      labels.put((byte) (random.nextInt() >>> 1 & 7));
    }
    Files.write(directory.resolve("labels"), labels.array());
    return Files.write(directory.resolve("images"), images.array());
  }
}
