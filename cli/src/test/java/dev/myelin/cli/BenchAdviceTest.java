package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Activation;
import dev.myelin.DeviceInfo;
import dev.myelin.cli.bench.Comparison;
import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Net;
import dev.myelin.cli.bench.Samples;
import dev.myelin.cli.bench.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of times that are given, by 'bench --net' and by 'train --device auto'. */
class BenchAdviceTest {
  private static final String[] NAMES = {"cuda", "cpu", "opencl"};

  /** Ten rounds, in each of which the load makes all slower alike. */
  private static List<Standing> standings(double... nanos) {
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      double[] own = new double[10];
      double[] speedups = new double[10];
      for (int round = 0; round < 10; round++) {
        own[round] = nanos[i] * (1 + round % 4);
        speedups[round] = nanos[0] / nanos[i];
      }
      standings.add(new Standing(device(i).id(), 1, new Samples(own), new Samples(speedups)));
    }
    return standings;
  }

  private static DeviceInfo device(int number) {
    return new DeviceInfo(NAMES[number], 0, "a device", "", 1, 1);
  }

  private static String advice(double... nanos) {
    return advice(true, nanos);
  }

  private static String advice(boolean isSettled, double... nanos) {
    List<Standing> standings = standings(nanos);
    List<Measurement> block = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      block.add(
          new Measurement(
              Net.of(Activation.RELU, 1, 2, 2).workload(),
              device(i),
              standings.get(i),
              isSettled,
              0.5));
    }
    return BenchAdvice.of(block);
  }

  private static String reason(boolean isSettled, double... nanos) {
    Comparison.Result result = new Comparison.Result(standings(nanos), 5, isSettled);
    return DeviceTrial.reason(result, DeviceTrial.winner(result.standings()), 64);
  }

  @Test
  void oneThatIsFastest_isRecommended_withItsLead() {
    assertEquals(
        "Train this network on cpu: 2.00 times as fast as cuda:0, 3.50 times as fast as opencl:0.",
        advice(2000, 1000, 3500));
  }

  @Test
  void differenceInsideTheNoise_leavesTheChoice() {
    assertEquals(
        "Train this network on cuda:0 or cpu: there is no difference that can be told from noise.",
        advice(1000, 1005, 3500));
  }

  @Test
  void adviceOnTimesThatStillFell_warns() {
    assertEquals(
        "Train this network on cuda:0: 2.00 times as fast as cpu.\n"
            + "But the JVM was still compiling, so that cpu may come to be faster: give more"
            + " --seconds.",
        advice(false, 1000, 2000));
  }

  @Test
  void trial_takesTheFastest_andSaysHowFastAllAre() {
    // The median of 1, 2, 3, 4, ... times so many nanoseconds is 2 times.
    assertEquals(
        "the fastest in a trial (samples/s): opencl:0 64,000, cpu 32,000, cuda:0 16,000",
        reason(true, 2e6, 1e6, 0.5e6));
    assertEquals("cuda:0", DeviceTrial.winner(standings(1e6, 3e6, 2e6)).name());
  }

  @Test
  void trial_keepsThePreferredOne_unlessAnotherIsFasterBeyondNoise() {
    assertEquals(
        "in a trial none was faster beyond noise (samples/s): cpu 32,129, cuda:0 32,000",
        reason(true, 1e6, 0.996e6));
  }

  @Test
  void trial_thatEndedTooSoon_saysSo() {
    assertEquals(
        "the fastest in a trial (samples/s): cuda:0 32,000, cpu 16,000; the JVM was still"
            + " compiling, so that cpu may come to be faster",
        reason(false, 1e6, 2e6));
  }

  @Test
  void numbers_haveThreeFigures() {
    List<String> texts =
        Arrays.stream(new double[] {0.01234, 0.1234, 1.234, 99.94, 99.96, 1234.4, 12345678})
            .mapToObj(Numbers::significant)
            .toList();
    assertEquals(List.of("0.0123", "0.123", "1.23", "99.9", "100", "1,234", "12,345,678"), texts);
    assertEquals("12.3 us", Numbers.nanos(12_345));
    assertEquals("123 ns", Numbers.nanos(123.4));
    assertEquals("1.00 s", Numbers.nanos(1e9));
    assertEquals("0.0016", Numbers.ratio(0.00161));
    assertEquals("0.10", Numbers.ratio(0.095));
    assertEquals("12.30", Numbers.ratio(12.3));
    assertEquals("1,234", Numbers.ratio(1234.4));
  }
}
