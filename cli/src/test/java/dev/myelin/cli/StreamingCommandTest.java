package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data that are larger than the device, as a user sees it. */
class StreamingCommandTest {
  @TempDir Path directory;

  private CommandLineRun train(String model, Object... more) {
    Object[] first = {"train", "--data", "digits", "--samples", 1000, "--hidden", 9, "--epochs", 2};
    Object[] all = new Object[first.length + 2 + more.length];
    System.arraycopy(first, 0, all, 0, first.length);
    all[first.length] = "--save";
    all[first.length + 1] = directory.resolve(model);
    System.arraycopy(more, 0, all, first.length + 2, more.length);
    return CommandLineRun.of(all);
  }

  @Test
  void training_onADeviceWithLittleMemory_givesTheSameModel_andSaysHow() throws IOException {
    CommandLineRun whole = train("whole.safetensors");
    CommandLineRun streamed = train("streamed.safetensors", "--device-memory", "2M");
    assertEquals(0, streamed.exitCode(), streamed.err());
    assertArrayEquals(
        Files.readAllBytes(directory.resolve("whole.safetensors")),
        Files.readAllBytes(directory.resolve("streamed.safetensors")));
    assertEquals(
        "Streamed  in chunks of 128 samples (393 KiB): whole, they would take more than half of the"
            + " device's free memory",
        streamed.outLine("Streamed"));
    assertEquals(whole.outLine("Test"), streamed.outLine("Test"));
  }

  @Test
  void training_onADeviceWithoutRoomForTwoBatches_saysTheSizes() {
    CommandLineRun run = train("m.safetensors", "--device-memory", "100K");
    assertEquals(5, run.exitCode(), run.err());
    assertTrue(run.err().matches("(?s).*error: .*\\d.*"), run.err());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3K,3072", "512M,536870912", "4G,4294967296", "2T,2199023255552"})
  void sizes_areReadWithTheirUnit(String text, long bytes) {
    assertEquals(bytes, DeviceOptions.bytes("--device-memory", text));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "4GB", "4 G", "much", "9999999999999"})
  void sizes_thatAreNone_areRefused(String text) {
    CommandLineRun run = train("m.safetensors", "--device-memory", text);
    assertEquals(2, run.exitCode());
    assertEquals(
        "error: --device-memory takes a size such as 512M or 4G (K, M, G or T), but is '"
            + text
            + "'",
        run.errLines().get(0));
  }
}
