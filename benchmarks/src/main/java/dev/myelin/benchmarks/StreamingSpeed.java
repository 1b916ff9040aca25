package dev.myelin.benchmarks;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.cli.bench.Comparison;
import dev.myelin.cli.bench.Contender;
import dev.myelin.cli.bench.Plan;
import dev.myelin.cli.bench.Samples;
import dev.myelin.cli.bench.Standing;
import dev.myelin.cli.bench.TrainingSteps;
import dev.myelin.data.Dataset;
import dev.myelin.data.IdxFiles;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.random.Philox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What it costs that data do not fit on the device: training steps on 60,000 images that lie there
 * whole, that pass through it in chunks from the host's memory, and from a mapped file, in turns.
 *
 * <p>Turns are long, for a chunk is gathered and another uploaded ahead while others have theirs.
 *
 * <p>Arguments: devices, "cpu" if none is given.
 */
final class StreamingSpeed {
  private static final int SAMPLES = 60_000;
  private static final int INPUTS = 784;
  private static final long LITTLE_MEMORY_BYTES = 64 << 20;
  private static final Plan PLAN = new Plan(300_000_000, 9, 41, 60_000_000_000L);

  /** A contender under another name, with the device that it has for itself. */
  private record Named(String name, Backend device, TrainingSteps steps) implements Contender {
    @Override
    public void run(int repetitions) {
      steps.run(repetitions);
    }

    @Override
    public void close() {
      steps.close();
      device.close();
    }
  }

  private StreamingSpeed() {}

  public static void main(String[] devices) throws IOException {
    Path directory = Files.createTempDirectory("myelin-streaming");
    Path images = directory.resolve("images");
    Path labels = directory.resolve("labels");
    try {
      write(images, labels);
      Dataset inMemory = IdxFiles.read("in memory", images, labels);
      Dataset mapped = IdxFiles.map("mapped", images, labels);
      for (String device : devices.length == 0 ? new String[] {"cpu"} : devices) {
        compare(device, 64, inMemory, mapped, INPUTS, 128, 10);
        compare(device, 128, inMemory, mapped, INPUTS, 512, 256, 10);
      }
    } finally {
      Files.deleteIfExists(images);
      Files.deleteIfExists(labels);
      Files.delete(directory);
    }
  }

  private static void write(Path images, Path labels) throws IOException {
    Philox random = new Philox(1, 0);
    ByteBuffer pixels = ByteBuffer.allocate(16 + SAMPLES * INPUTS);
    pixels.putInt(0x803).putInt(SAMPLES).putInt(28).putInt(28);
    while (pixels.hasRemaining()) {
      pixels.putInt(random.nextInt());
    }
    ByteBuffer classes = ByteBuffer.allocate(8 + SAMPLES).putInt(0x801).putInt(SAMPLES);
    while (classes.hasRemaining()) {
      classes.put((byte) random.nextInt(10));
    }
    Files.write(images, pixels.array());
    Files.write(labels, classes.array());
  }

  private static void compare(
      String device, int batch, Dataset inMemory, Dataset mapped, int... sizes) {
    MlpSpec spec = MlpSpec.of(Activation.RELU, sizes);
    TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(batch);
    List<Contender> contenders = new ArrayList<>();
    try {
      contenders.add(contender("whole on the device", device, 0, spec, options, inMemory));
      contenders.add(
          contender("chunks from memory", device, LITTLE_MEMORY_BYTES, spec, options, inMemory));
      contenders.add(
          contender(
              "chunks from a mapped file", device, LITTLE_MEMORY_BYTES, spec, options, mapped));
      Comparison.Result result = new Comparison(PLAN).run(contenders);
      System.out.printf(
          Locale.ROOT,
          "%s, %s, batch %d; Java %s%s%n",
          device,
          spec,
          batch,
          Runtime.version().feature(),
          result.isSettled() ? "" : "; times were still falling when measuring began");
      result.standings().forEach(each -> print(each, batch));
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private static Named contender(
      String name,
      String device,
      long budgetBytes,
      MlpSpec spec,
      TrainingOptions options,
      Dataset data) {
    Backend opened =
        Backends.open(device, BackendOptions.DEFAULT.withMemoryBudgetBytes(budgetBytes));
    return new Named(name, opened, new TrainingSteps(opened, spec, options, data));
  }

  private static void print(Standing standing, int batch) {
    Samples.Interval interval = standing.speedupInterval();
    System.out.printf(
        Locale.ROOT,
        "  %-26s %,9.0f samples/s, speed / whole %.3f (%.3f-%.3f), %d rounds%n",
        standing.name(),
        batch * 1e9 / standing.nanos().median(),
        standing.speedups().median(),
        interval.low(),
        interval.high(),
        standing.nanos().count());
  }
}
