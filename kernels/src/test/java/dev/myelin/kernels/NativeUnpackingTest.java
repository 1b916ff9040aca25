package dev.myelin.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeUnpackingTest {
  private static final String LIBRARY = "natives/of-test-system.txt";

  /** Of "the library". */
  private static final String CHECKSUM =
      "0ea2bff2393cf54f7adcc77a67a67a94d878e90b24b550f0f2fad783ecc78c4e";

  private final String before = System.getProperty("java.io.tmpdir");

  @TempDir Path folder;

  @BeforeEach
  void useFolder() {
    System.setProperty("java.io.tmpdir", folder.toString());
  }

  @AfterEach
  void restore() {
    System.setProperty("java.io.tmpdir", before);
  }

  private static void load(String checksum, String name, Runnable firstUse) throws IOException {
    InputStream checksums =
        new ByteArrayInputStream(
            (checksum + "  " + name + "\n").getBytes(StandardCharsets.US_ASCII));
    NativeUnpacking.load(NativeUnpackingTest.class, checksums, "test-system", firstUse);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void load_always_givesTheLibraryInAFolderOfThisUserAlone_andLeavesNothing() throws IOException {
    List<String> seen = new ArrayList<>();
    load(
        CHECKSUM,
        LIBRARY,
        () -> {
          Path unpacked = Path.of(System.getProperty("java.io.tmpdir"), "of-test-system.txt");
          try {
            seen.add(Files.readString(unpacked));
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
              assertEquals(
                  "rwx------",
                  PosixFilePermissions.toString(
                      Files.getPosixFilePermissions(unpacked.getParent())));
            }
          } catch (IOException failure) {
            throw new AssertionError(failure);
          }
        });
    assertEquals(List.of("the library"), seen);
    assertEquals(folder.toString(), System.getProperty("java.io.tmpdir"));
    assertEquals(List.of(), left());
  }

  @Test
  void load_ofALibraryWithAnotherChecksum_namesBoth_andLoadsNothing() throws IOException {
    String other = "0".repeat(64);
    IOException failure =
        assertThrows(IOException.class, () -> load(other, LIBRARY, () -> assertTrue(false)));
    assertTrue(failure.getMessage().contains(LIBRARY), failure.getMessage());
    assertTrue(failure.getMessage().contains(other), failure.getMessage());
    assertTrue(failure.getMessage().contains(CHECKSUM), failure.getMessage());
    assertEquals(List.of(), left());
  }

  @Test
  void load_whenTheBindingFails_restoresTheFolderAndLeavesNothing() throws IOException {
    UnsatisfiedLinkError failure = new UnsatisfiedLinkError("no");
    UnsatisfiedLinkError thrown =
        assertThrows(
            UnsatisfiedLinkError.class,
            () ->
                load(
                    CHECKSUM,
                    LIBRARY,
                    () -> {
                      throw failure;
                    }));
    assertEquals(failure, thrown);
    assertEquals(folder.toString(), System.getProperty("java.io.tmpdir"));
    assertEquals(List.of(), left());
  }

  @Test
  void load_whereTheJarHasNoSuchLibrary_leavesItToTheBindingToSaySo() throws IOException {
    List<String> used = new ArrayList<>();
    load(CHECKSUM, "natives/missing-test-system.txt", () -> used.add("yes"));
    assertEquals(List.of("yes"), used);
  }

  @Test
  void load_inAFolderThatIsNone_namesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    System.setProperty("java.io.tmpdir", file.toString());
    IOException failure =
        assertThrows(IOException.class, () -> load(CHECKSUM, LIBRARY, () -> assertTrue(false)));
    assertTrue(failure.getMessage().contains("cannot make a folder in " + file));
  }

  @Test
  void deleteLeftBehind_always_sparesWhatIsNewAndWhatIsNotOurs() throws IOException {
    Path old = Files.createDirectory(folder.resolve(NativeUnpacking.PREFIX + "1"));
    Files.writeString(old.resolve("library"), "");
    Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
    Path others = Files.createDirectory(folder.resolve("others"));
    Files.setLastModifiedTime(others, FileTime.from(Instant.EPOCH));
    Path fresh = Files.createDirectory(folder.resolve(NativeUnpacking.PREFIX + "2"));
    Path linked = Files.createDirectory(folder.resolve("linked"));
    Files.writeString(linked.resolve("precious"), "");
    Files.setLastModifiedTime(linked, FileTime.from(Instant.EPOCH));
    Files.createSymbolicLink(folder.resolve(NativeUnpacking.PREFIX + "3"), linked);
    NativeUnpacking.deleteLeftBehind(fresh, Instant.EPOCH.plusSeconds(1));
    assertTrue(Files.exists(linked.resolve("precious")));
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(others));
    assertTrue(Files.exists(fresh));
  }

  @Test
  void systemPart_isNamedAsTheBindingsDo() {
    assertEquals("linux-x86_64", NativeUnpacking.systemPart("Linux", "amd64"));
    assertEquals("linux-arm64", NativeUnpacking.systemPart("Linux", "aarch64"));
    assertEquals("windows-x86_64", NativeUnpacking.systemPart("Windows Server 2022", "amd64"));
    assertEquals("apple-arm64", NativeUnpacking.systemPart("Mac OS X", "aarch64"));
  }

  @Test
  void lastError_isTheLineThatSaysWhatIsMissing() {
    String problem =
        """
        Error while loading
        java.lang.UnsatisfiedLinkError: no X in java.library.path
            at a.b
        java.lang.UnsatisfiedLinkError: /tmp/x.so: cannot be mapped
            at c.d
        """;
    assertEquals("/tmp/x.so: cannot be mapped", NativeUnpacking.lastError(problem));
    assertEquals("something else", NativeUnpacking.lastError("something else"));
  }
}
