package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Profile;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Trainings from one seed, each on a device opened anew, with dropout and AdamW, the default: their
 * weights have one SHA-256, at any number of threads, with steps replayed as captured and operation
 * by operation (as {@link Profile} has them).
 */
public abstract class OneSeedConformance {
  private static final long SEED = 7;

  /** As in {@link BackendConformance}. */
  protected abstract String device();

  /** How many trainings. */
  protected int runs() {
    return 100;
  }

  /** Threads from 1 to this are taken in turn; 0 for devices that have no say in it. */
  protected int mostThreads() {
    return 0;
  }

  /** What is learned: enough for several steps, so large that threads and groups share it. */
  protected Dataset data() {
    return GeneratedData.byName("digits", 200, 3);
  }

  /** Units of the one hidden layer. */
  protected int hidden() {
    return 256;
  }

  @Test
  void allRunsOfOneSeed_endWithOneHash() {
    Dataset data = data();
    Map<String, Integer> runsOfHash = new TreeMap<>();
    for (int run = 0; run < runs(); run++) {
      runsOfHash.merge(trained(data, run, SEED), 1, Integer::sum);
    }
    assertEquals(1, runsOfHash.size(), "SHA-256 and runs that had it: " + runsOfHash);
    assertEquals(runs(), runsOfHash.values().iterator().next());
    String other = trained(data, 0, SEED + 1);
    assertNotEquals(other, runsOfHash.keySet().iterator().next(), "the seed decides");
  }

  private String trained(Dataset data, int run, long seed) {
    int threads = mostThreads() == 0 ? 0 : 1 + run % mostThreads();
    // Not in step with the threads, so that each number of them comes in both ways.
    boolean isEager = run / Math.max(1, mostThreads()) % 2 == 1;
    BackendOptions options = BackendOptions.DEFAULT.withThreads(threads);
    MlpSpec network =
        MlpSpec.of(
            Activation.RELU,
            Activation.IDENTITY,
            Layer.Bias.TRAINED,
            0.2f,
            data.inputs(),
            hidden(),
            data.outputs());
    TrainingOptions training =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withBatchSize(Math.max(1, data.samples() / 3)) // the last batch is smaller
            .withEpochs(1)
            .withSeed(seed);
    try (Backend backend =
            isEager
                ? TestDevices.open(device(), options, new Profile())
                : TestDevices.open(device(), options);
        Mlp mlp = Mlp.create(backend, network, Initializer.XAVIER, seed)) {
      new Trainer(training).fit(mlp, data, null, TrainingListener.NONE);
      return sha256(mlp);
    }
  }

  private static String sha256(Mlp mlp) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
    for (NamedParameter parameter : mlp.stateDict()) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * parameter.values().length);
      bytes.asFloatBuffer().put(parameter.values());
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
