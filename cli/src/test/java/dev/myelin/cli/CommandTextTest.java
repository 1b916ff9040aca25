package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.DeviceInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTextTest {
  private static final DeviceInfo CPU = new DeviceInfo("cpu", 0, "a processor", "", 1, 200);

  private static CommandText of(String... arguments) {
    return new CommandText(List.of(arguments), CPU);
  }

  @Test
  void toRepeat_leavesCheckpointsOut_andNamesTheDevice() {
    CommandText text =
        of(
            "train",
            "--device",
            "auto",
            "--checkpoint",
            "a b",
            "--every=3",
            "--resume",
            "--save",
            "it's");
    assertEquals("myelin train --device cpu --save 'it'\\''s'", text.toRepeat());
  }

  @Test
  void toResume_saysSoOnce_andNamesTheDevice() {
    assertEquals(
        "myelin train --device cpu --checkpoint=d --every 3 --seed 1 --resume",
        of("train", "--checkpoint=d", "--resume", "--every", "3", "--device=best", "--seed", "1")
            .toResume());
  }
}
