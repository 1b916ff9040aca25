package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A training that meets the end of the memory at each of its allocations. */
final class OutOfMemoryCases {
  private static final long BUDGET_BYTES = 1 << 20;
  private static final int HIDDEN = 500;
  private static final Dataset DATA = Blobs.of(7, 1);

  private final Suite suite;

  private OutOfMemoryCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    return Stream.of(new OutOfMemoryCases(suite).everyAllocationOfATraining());
  }

  private DynamicTest everyAllocationOfATraining() {
    return suite.plain(
        "out of memory at every allocation of a training says so and takes nothing; less fits then",
        () -> {
          try (Backend device = suite.openWithBudget(BUDGET_BYTES)) {
            long roomForLess = roomFor(device, 1, Long.MAX_VALUE);
            long room = roomFor(device, HIDDEN, roomForLess);
            assertTrue(room > roomForLess, room + " bytes, and for less " + roomForLess);
          }
        });
  }

  /**
   * Trains with more and more room: so much that the allocation which was refused fits, and the
   * next one does not.
   *
   * @param roomForLess with which the smallest network can be trained beside what is refused
   * @return the first room that is enough
   */
  private static long roomFor(Backend device, int hidden, long roomForLess) {
    float[] expected = train(device, hidden);
    float[] less = train(device, 1);
    int refusals = 0;
    long room = 4;
    while (true) {
      try (TensorArena arena = new TensorArena(device, "held")) {
        arena.allocate("held", (int) ((BUDGET_BYTES - room) / 4));
        long heldBytes = device.memory().usedBytes();
        Optional<OutOfDeviceMemoryException> refusal = refusalOf(device, hidden, expected);
        assertEquals(heldBytes, device.memory().usedBytes(), "after " + refusal);
        if (refusal.isEmpty()) {
          assertTrue(refusals >= 20, refusals + " refusals");
          return room;
        }
        refusals++;
        if (room >= roomForLess) {
          assertArrayEquals(less, train(device, 1), "less, after " + refusal);
        }
        long neededBytes = refusal.get().usedBytes() + refusal.get().askedBytes() - heldBytes;
        assertTrue(neededBytes > room, neededBytes + " bytes are refused with " + room);
        room = neededBytes;
      }
    }
  }

  private static Optional<OutOfDeviceMemoryException> refusalOf(
      Backend device, int hidden, float[] expected) {
    try {
      assertArrayEquals(expected, train(device, hidden));
      return Optional.empty();
    } catch (OutOfDeviceMemoryException refusal) {
      assertEquals(BUDGET_BYTES, refusal.totalBytes());
      for (long bytes :
          new long[] {refusal.askedBytes(), refusal.usedBytes(), refusal.totalBytes()}) {
        String text = String.format(Locale.ROOT, "%,d", bytes);
        assertTrue(refusal.getMessage().contains(text), refusal.getMessage());
      }
      return Optional.of(refusal);
    }
  }

  /**
   * The weights of the first layer after two epochs; where there is no room, they are as before.
   */
  private static float[] train(Backend device, int hidden) {
    MlpSpec spec =
        MlpSpec.of(Activation.TANH, Activation.IDENTITY, Layer.Bias.TRAINED, 0, 2, hidden, 3);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withBatchSize(4)
            .withEpochs(2)
            .withMaxGradientNorm(1);
    try (Mlp mlp = Mlp.create(device, spec, Initializer.XAVIER, 5)) {
      float[] initial = mlp.stateDict().get(0).values();
      try {
        new Trainer(options).fit(mlp, DATA, DATA, TrainingListener.NONE);
      } catch (OutOfDeviceMemoryException refusal) {
        assertArrayEquals(initial, mlp.stateDict().get(0).values(), refusal.getMessage());
        throw refusal;
      }
      return mlp.stateDict().get(0).values();
    }
  }
}
