package dev.myelin.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.io.InvalidModelException;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  @TempDir Path temporary;

  private final List<String> notes = new ArrayList<>();

  private CheckpointFolder open() {
    return CheckpointFolder.open(temporary.resolve("a/b"), notes::add);
  }

  private Path file(int step) {
    return temporary.resolve("a/b").resolve(String.format("checkpoint-%010d.safetensors", step));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(temporary.resolve("a/b"))) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  /** Everything that is hard to write down is in it: NaN, infinity, -0, a name with quotes. */
  private static Checkpoint checkpoint(int step) {
    Map<String, String> run = new LinkedHashMap<>();
    run.put("network", "2-1");
    run.put("a \"quoted\" name", "ü");
    run.put("learning rate", "0.001");
    Metrics metrics = new Metrics(0.1, Double.NaN, 1e-300, 1.0 / 3, 7);
    return new Checkpoint(
        run,
        "cpu: a processor",
        new Checkpoint.Position(
            step, 100, Double.POSITIVE_INFINITY, Math.nextUp(0.1f), 17, Long.MAX_VALUE),
        List.of(
            new EpochReport(1, Math.PI, Double.NaN, null, 1e-3, 5, 123),
            new EpochReport(2, -0.0, 0.5, metrics, 0, 5, 124)),
        List.of(
            new NamedParameter("0.weight", new int[] {1, 2}, new float[] {1.5f, -0f}),
            new NamedParameter("0.bias", new int[] {1}, new float[] {Float.NaN})),
        List.of(new float[] {1, 2, 3}, new float[] {4, Float.MIN_VALUE, 6}),
        Optional.of(
            new Checkpoint.Best(
                List.of(new NamedParameter("0.bias", new int[] {1}, new float[] {step})),
                0.25,
                1,
                1)),
        Optional.of(new Checkpoint.Finish(TrainingResult.End.EARLY_STOPPING, 1)));
  }

  @Test
  void newest_ofAFolderThatDoesNotExist_isNone_andTheFolderIsMade() {
    try (CheckpointFolder folder = open()) {
      assertTrue(folder.isEmpty());
      assertEquals(Optional.empty(), folder.newest());
    }
  }

  @Test
  void newest_givesWhatWasSaved_toTheBit() {
    try (CheckpointFolder folder = open()) {
      folder.save(checkpoint(5));
    }
    try (CheckpointFolder folder = open()) {
      requireSame(checkpoint(5), folder.newest().orElseThrow());
    }
    assertEquals(List.of(), notes);
  }

  private static void requireSame(Checkpoint saved, Checkpoint read) {
    assertEquals(List.copyOf(saved.run().entrySet()), List.copyOf(read.run().entrySet()));
    assertEquals(saved.device(), read.device());
    assertEquals(saved.position(), read.position());
    assertEquals(saved.reports(), read.reports());
    assertEquals(saved.finish(), read.finish());
    for (int i = 0; i < 2; i++) {
      assertEquals(saved.parameters().get(i).name(), read.parameters().get(i).name());
      assertArrayEquals(saved.parameters().get(i).shape(), read.parameters().get(i).shape());
      assertArrayEquals(saved.parameters().get(i).values(), read.parameters().get(i).values());
      assertArrayEquals(saved.moments().get(i), read.moments().get(i));
    }
    Checkpoint.Best best = saved.best().orElseThrow();
    Checkpoint.Best bestRead = read.best().orElseThrow();
    assertEquals(best.loss(), bestRead.loss());
    assertEquals(best.epoch(), bestRead.epoch());
    assertEquals(best.epochsWithoutGain(), bestRead.epochsWithoutGain());
    assertArrayEquals(best.parameters().get(0).values(), bestRead.parameters().get(0).values());
  }

  @Test
  void save_keepsTheNewestTwo() throws IOException {
    try (CheckpointFolder folder = open()) {
      for (int step : List.of(9, 10, 100, 1000)) {
        folder.save(checkpoint(step));
      }
      folder.save(checkpoint(1000));
      assertEquals(1000, folder.newest().orElseThrow().position().step());
    }
    assertEquals(
        List.of(
            "checkpoint-0000000100.safetensors",
            "checkpoint-0000001000.safetensors",
            "checkpoints.lock"),
        names());
  }

  @Test
  void newest_withAnyBitOfTheNewestDamaged_givesTheOneBefore_andSaysSo() throws IOException {
    try (CheckpointFolder folder = open()) {
      folder.save(checkpoint(1));
      folder.save(checkpoint(2));
      byte[] whole = Files.readAllBytes(file(2));
      Random random = new Random(7);
      int harmless = 0;
      for (int trial = 0; trial < 300; trial++) {
        byte[] damaged = whole.clone();
        int at = trial < 16 ? trial : random.nextInt(whole.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file(2), damaged);
        notes.clear();
        Checkpoint newest = folder.newest().orElseThrow();
        if (notes.isEmpty()) {
          // A byte that says nothing: padding, or the name of the format.
          harmless++;
          requireSame(checkpoint(2), newest);
        } else {
          requireSame(checkpoint(1), newest);
          String going = " Going on from the one before, " + file(1).getFileName() + ".";
          assertTrue(notes.get(0).endsWith(going), notes.get(0));
        }
      }
      assertTrue(harmless < 15, harmless + " of 300");
    }
  }

  @Test
  void newest_withTheNewestCutOff_givesTheOneBefore_andTheNextSaveRemovesIt() throws IOException {
    try (CheckpointFolder folder = open()) {
      folder.save(checkpoint(10));
      folder.save(checkpoint(20));
      byte[] whole = Files.readAllBytes(file(20));
      for (int length = 0; length < whole.length; length += 13) {
        Files.write(file(20), Arrays.copyOf(whole, length));
        assertEquals(10, folder.newest().orElseThrow().position().step());
      }
      folder.save(checkpoint(15));
      assertFalse(Files.exists(file(20)));
      assertTrue(Files.exists(file(10)));
    }
  }

  @Test
  void newest_withNoneWhole_saysWhatToDo() throws IOException {
    try (CheckpointFolder folder = open()) {
      folder.save(checkpoint(1));
      Files.writeString(file(1), "nonsense");
      InvalidModelException damaged = assertThrows(InvalidModelException.class, folder::newest);
      assertTrue(
          damaged
              .getMessage()
              .endsWith(
                  "No other checkpoint in "
                      + folder.name()
                      + " can be read: remove them to begin anew."),
          damaged.getMessage());
    }
  }

  @Test
  void open_whileItIsOpen_namesTheProcess_andAfterClosingItOpens() {
    try (CheckpointFolder folder = open()) {
      UncheckedIOException refused = assertThrows(UncheckedIOException.class, this::open);
      assertEquals(
          "cannot keep checkpoints in "
              + folder.name()
              + ": another training uses this folder (process "
              + ProcessHandle.current().pid()
              + "); wait for its end, or give another folder",
          refused.getMessage());
    }
    open().close();
  }

  @Test
  void open_removesWhatAKilledProcessLeftHalfWritten_andNothingElse() throws IOException {
    open().close();
    Path leftover = temporary.resolve("a/b/.myelin-checkpoint-123.tmp");
    Path ofAModel = temporary.resolve("a/b/.myelin-myelin-123.tmp");
    Files.writeString(leftover, "half");
    Files.writeString(ofAModel, "half");
    open().close();
    assertFalse(Files.exists(leftover));
    assertTrue(Files.exists(ofAModel));
  }

  @Test
  void open_ofAFile_saysWhy() throws IOException {
    Files.createDirectories(temporary.resolve("a"));
    Files.writeString(temporary.resolve("a/b"), "a file");
    UncheckedIOException refused = assertThrows(UncheckedIOException.class, this::open);
    assertTrue(
        refused.getMessage().startsWith("cannot keep checkpoints in " + temporary.resolve("a/b")),
        refused.getMessage());
  }

  @Test
  void aCheckpoint_isNotTakenForAStateDict() {
    try (CheckpointFolder folder = open()) {
      folder.save(checkpoint(200));
    }
    InvalidModelException refusal =
        assertThrows(InvalidModelException.class, () -> StateDictFile.read(file(200)));
    assertTrue(refusal.getMessage().contains("is a checkpoint of Myelin"), refusal.getMessage());
  }

  @Test
  void aSecondOpenInTheSameProcess_isRefused_andAfterCloseItIsNot() {
    try (CheckpointFolder folder = open()) {
      String message = assertThrows(UncheckedIOException.class, this::open).getMessage();
      assertTrue(message.contains("another training uses this folder"), message);
      assertTrue(message.contains(Long.toString(ProcessHandle.current().pid())), message);
      assertTrue(folder.isEmpty());
    }
    open().close();
  }
}
