package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void resolveLinksInTheDirectory() throws IOException {
    directory = temporary.toRealPath();
  }

  @Test
  void write_newFile_holdsTheContent_andNothingElseIsLeft() throws IOException {
    Path file = directory.resolve("model");
    writeText(file, "new");
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void write_noBytes_makesAnEmptyFile() throws IOException {
    Path file = directory.resolve("model");
    writeText(file, "");
    assertEquals(0, Files.size(file));
  }

  @Test
  void write_manySmallAndLargeParts_arriveInOrder() throws IOException {
    Path file = directory.resolve("model");
    byte[] expected = new byte[100_000];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (i * 31);
    }
    AtomicFile.write(
        file,
        out -> {
          out.write(expected[0]);
          out.write(expected, 1, 7);
          out.write(expected, 8, 99_000);
          out.write(expected, 99_008, 992);
        });
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void write_existingFile_isOldUntilTheActionEnds_thenNew() throws IOException {
    Path file = directory.resolve("model");
    writeText(file, "old and longer");
    AtomicFile.write(
        file,
        out -> {
          out.write("new".getBytes(StandardCharsets.UTF_8));
          out.flush();
          assertEquals("old and longer", Files.readString(file));
        });
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void write_actionFailsWithAnIoException_namesFileAndReason_andKeepsTheOldFile()
      throws IOException {
    Path file = directory.resolve("model");
    writeText(file, "old");
    IOException full = new IOException("No space left on device");
    var failure =
        assertThrows(
            UncheckedIOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw full;
                    }));
    assertEquals(
        "cannot write " + file + ": No space left on device. Nothing was changed.",
        failure.getMessage());
    assertSame(full, failure.getCause());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void write_actionThrowsAnythingElse_passesItOn_andLeavesNothing() throws IOException {
    Path file = directory.resolve("model");
    IllegalStateException closed = new IllegalStateException("arena closed");
    OutOfMemoryError exhausted = new OutOfMemoryError("made up");
    assertSame(
        closed,
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw closed;
                    })));
    assertSame(
        exhausted,
        assertThrows(
            OutOfMemoryError.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw exhausted;
                    })));
    assertEquals(List.of(), names());
  }

  @Test
  void write_ofAnInterruptedThread_succeeds_andItStaysInterrupted() throws IOException {
    Path file = directory.resolve("model");
    Thread.currentThread().interrupt();
    try {
      writeText(file, "last checkpoint");
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals("last checkpoint", Files.readString(file));
  }

  @Test
  void write_whereItCannot_saysWhy_beforeTheActionRuns() throws IOException {
    Path missing = directory.resolve("missing").resolve("model");
    assertRefused(missing, "the directory " + missing.getParent() + " does not exist");

    Path plain = Files.createFile(directory.resolve("plain"));
    assertRefused(plain.resolve("model"), plain + " is not a directory");

    Path folder = Files.createDirectory(directory.resolve("folder"));
    assertRefused(folder, folder + " is a directory");
    assertRefused(directory.getRoot(), directory.getRoot() + " is a directory");
    assertEquals(List.of("folder", "plain"), names());
  }

  @Test
  void write_toADevice_isRefused() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "no /dev/null on this system");
    assertRefused(device, "/dev/null is not a regular file");
  }

  @Test
  void write_withoutPermission_isRefused() throws IOException {
    assumePosix();
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path file = Files.createFile(folder.resolve("model"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assumeTrue(!Files.isWritable(file), "this user may write everywhere");
    assertRefused(file, file + " is write-protected");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertRefused(folder.resolve("other"), "no permission to create files in " + folder);
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void write_existingFile_keepsItsPermissions_aNewOneGetsTheUsersDefault() throws IOException {
    assumePosix();
    Path file = directory.resolve("model");
    writeText(file, "new");
    Path ordinary = Files.createFile(directory.resolve("ordinary"));
    assertEquals(Files.getPosixFilePermissions(ordinary), Files.getPosixFilePermissions(file));

    var shared = PosixFilePermissions.fromString("rw-rw-r-x");
    Files.setPosixFilePermissions(file, shared);
    writeText(file, "newer");
    assertEquals(shared, Files.getPosixFilePermissions(file));
  }

  @Test
  void write_throughSymbolicLinks_replacesTheFileTheyPointTo() throws IOException {
    assumePosix();
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path file = folder.resolve("model");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("folder", "model"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of("..", "link"));
    writeText(link, "created"); // the link dangles
    assertEquals("created", Files.readString(file));
    writeText(second, "replaced");
    assertEquals("replaced", Files.readString(file));
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isSymbolicLink(second));
    assertFalse(Files.isSymbolicLink(file));
  }

  @Test
  void write_linksThatPointToEachOther_areRefused() throws IOException {
    assumePosix();
    Path first = directory.resolve("first");
    Path second = Files.createSymbolicLink(directory.resolve("second"), first);
    Files.createSymbolicLink(first, second);
    assertRefused(first, "more than 40 symbolic links point to each other");
  }

  @Test
  void write_relativePath_meansTheWorkingDirectory() {
    Path missing = Path.of("no-such-directory", "model");
    assertRefused(
        missing, "the directory " + missing.toAbsolutePath().getParent() + " does not exist");
  }

  @Test
  void write_nameOfFullLength_works() throws IOException {
    Path file = directory.resolve("m".repeat(255));
    writeText(file, "new");
    assertEquals("new", Files.readString(file));
  }

  private static void writeText(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertRefused(Path target, String reason) {
    var failure =
        assertThrows(
            UncheckedIOException.class,
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      throw new AssertionError("the action ran");
                    }));
    assertEquals(
        "cannot write " + target + ": " + reason + ". Nothing was changed.", failure.getMessage());
  }

  private static void assumePosix() {
    assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
        "this system has no POSIX permissions");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
