package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AliasLibraryTest {
  private static final String ARCHITECTURE = System.getProperty("os.arch");

  private static String written(Path folder, String name, String needed) throws IOException {
    Assumptions.assumeTrue(
        AliasLibrary.isPossibleOn(System.getProperty("os.name"), ARCHITECTURE),
        "only Linux on amd64 and aarch64 reads such files");
    return Files.write(folder.resolve("alias"), AliasLibrary.elf(ARCHITECTURE, name, needed))
        .toString();
  }

  @Test
  void library_thatNeedsOneThatIsThere_isLoaded(@TempDir Path folder) throws IOException {
    System.load(written(folder, "libmyelin-test.so", "libm.so.6"));
  }

  @Test
  void library_thatNeedsOneThatIsNotThere_isRefusedByItsName(@TempDir Path folder)
      throws IOException {
    String file = written(folder, "libmyelin-other.so", "libmyelin-nowhere.so.7");
    UnsatisfiedLinkError refusal =
        assertThrows(UnsatisfiedLinkError.class, () -> System.load(file));
    assertTrue(refusal.getMessage().contains("libmyelin-nowhere.so.7"), refusal.getMessage());
  }

  @Test
  void library_isForTheInstructionSetAskedFor() {
    assertEquals(62, AliasLibrary.elf("amd64", "a", "b")[18]);
    assertEquals((byte) 183, AliasLibrary.elf("aarch64", "a", "b")[18]);
  }

  @Test
  void otherSystems_areLeftToJocl() {
    assertTrue(AliasLibrary.isPossibleOn("Linux", "amd64"));
    assertFalse(AliasLibrary.isPossibleOn("Linux", "riscv64"));
    assertFalse(AliasLibrary.isPossibleOn("Mac OS X", "aarch64"));
    assertFalse(AliasLibrary.isPossibleOn("Windows 11", "amd64"));
  }
}
