package dev.myelin.testkit;

import dev.myelin.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** dropout: exactly the mask that its definition by Philox gives. */
final class DropoutCases {
  private static final long SEED = 0x1234_5678_9abc_def0L;

  private final Suite suite;

  private DropoutCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    DropoutCases cases = new DropoutCases(suite);
    return Stream.concat(
        Sizes.lengths(suite).stream()
            .flatMap(length -> Stream.of(0.1f, 0.5f, 0.97f).map(rate -> cases.mask(length, rate))),
        Stream.of(
            cases.rateZeroIsTheIdentity(),
            cases.forwardAndBackwardAgree(),
            cases.keepsTheRightShare(),
            cases.notANumber(),
            cases.everyArgumentMatters()));
  }

  private DynamicTest mask(int length, float rate) {
    int stream = length % 5;
    int step = 1_000_000 + length;
    return suite.test(
        "dropout " + rate + " [" + length + "] stream " + stream + " step " + step + ", in place",
        fixture -> {
          float[] x = Values.spreadIfOdd(length, length);
          Tensor stepTensor = fixture.in("step", new int[] {step}, 1);
          Tensor y = fixture.out("y", length);
          Tensor inPlace = fixture.inOut("inPlace", x, length);
          fixture.ops().dropout(fixture.in("x", x, length), rate, SEED, stream, stepTensor, y);
          fixture.ops().dropout(inPlace, rate, SEED, stream, stepTensor, inPlace);
          fixture.expect(y, () -> Reference.dropout(x, rate, SEED, stream, step));
          fixture.expectSameBits(inPlace, y);
        });
  }

  private DynamicTest rateZeroIsTheIdentity() {
    return suite.test(
        "dropout with rate 0 changes no bit",
        fixture -> {
          Tensor x = fixture.in("x", Values.spread(3, 131), 131);
          Tensor y = fixture.out("y", 131);
          fixture.ops().dropout(x, 0, SEED, 1, fixture.in("step", new int[] {7}, 1), y);
          fixture.expectSameBits(y, x);
        });
  }

  private DynamicTest forwardAndBackwardAgree() {
    return suite.test(
        "dropout drops in the gradient what it dropped in the activations",
        fixture -> {
          Tensor step = fixture.in("step", new int[] {41}, 1);
          float[] ones = new float[515];
          Arrays.fill(ones, 1);
          float[] gradients = Values.uniform(9, 515, 1, 2);
          Tensor y = fixture.out("y", 5, 103);
          Tensor dX = fixture.out("dX", 515);
          fixture.ops().dropout(fixture.in("x", ones, 5, 103), 0.4f, SEED, 2, step, y);
          fixture.ops().dropout(fixture.in("dY", gradients, 515), 0.4f, SEED, 2, step, dX);
          float[] forward = fixture.floats(y);
          float[] backward = fixture.floats(dX);
          for (int i = 0; i < forward.length; i++) {
            if ((forward[i] == 0) != (backward[i] == 0)) {
              throw new AssertionError(
                  "element " + i + ": forwards " + forward[i] + ", backwards " + backward[i]);
            }
          }
        });
  }

  /**
   * The kept share is binomial; five standard deviations are exceeded once in 1.7 million. The mean
   * of ones is that share over 1 - rate.
   */
  private DynamicTest keepsTheRightShare() {
    int count = 20_000;
    return suite.test(
        "dropout keeps the share 1 - rate of " + count + " elements, and the mean",
        fixture -> {
          float[] ones = new float[count];
          Arrays.fill(ones, 1);
          Tensor x = fixture.in("x", ones, count);
          Tensor step = fixture.in("step", new int[] {3}, 1);
          for (float rate : new float[] {0.05f, 0.3f, 0.8f}) {
            Tensor y = fixture.out("y", count);
            fixture.ops().dropout(x, rate, SEED, 0, step, y);
            long kept = 0;
            double sum = 0;
            for (float value : fixture.floats(y)) {
              kept += value == 0 ? 0 : 1;
              sum += value;
            }
            double limit = 5 * Math.sqrt(count * rate * (1.0 - rate));
            if (Math.abs(kept - count * (1.0 - rate)) > limit) {
              throw new AssertionError("rate " + rate + " keeps " + kept + " of " + count);
            }
            if (Math.abs(sum - count) > limit / (1.0 - rate)) {
              throw new AssertionError("rate " + rate + ": the mean of ones is " + sum / count);
            }
          }
        });
  }

  private DynamicTest notANumber() {
    return suite.test(
        "dropout drops NaN to 0 and keeps NaN where it keeps",
        fixture -> {
          float[] x = new float[64];
          Arrays.fill(x, Float.NaN);
          Tensor y = fixture.out("y", 64);
          Tensor step = fixture.in("step", new int[] {5}, 1);
          fixture.ops().dropout(fixture.in("x", x, 64), 0.5f, SEED, 0, step, y);
          fixture.expect(y, () -> Reference.dropout(x, 0.5f, SEED, 0, 5));
        });
  }

  private DynamicTest everyArgumentMatters() {
    return suite.test(
        "dropout: both halves of the seed, the stream and the step (also a negative one) matter",
        fixture -> {
          float[] x = Values.uniform(1, 97, 1, 2);
          Tensor in = fixture.in("x", x, 97);
          long[] seeds = {0, 1, 1L << 32, -1};
          for (int i = 0; i < seeds.length; i++) {
            long seed = seeds[i];
            int stream = i - 1;
            int step = i == 0 ? -1 : i;
            Tensor y = fixture.out("y", 97);
            Tensor stepTensor = fixture.in("step", new int[] {step}, 1);
            fixture.ops().dropout(in, 0.5f, seed, stream, stepTensor, y);
            fixture.expect(y, () -> Reference.dropout(x, 0.5f, seed, stream, step));
          }
        });
  }
}
