package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.KernelBuildException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCacheTest {
  private static final byte[] CONTENT = {1, 2, 3, 4, 5};

  private static byte[] key(int last) {
    byte[] key = new byte[32];
    key[31] = (byte) last;
    return key;
  }

  @Test
  void read_givesWhatWasWritten_andNothingForAnotherKey(@TempDir Path folder) {
    ProgramCache cache = new ProgramCache(folder.resolve("not there yet"));
    assertNull(cache.read(key(1)));
    cache.write(key(1), CONTENT);
    assertArrayEquals(CONTENT, cache.read(key(1)));
    cache.write(key(1), new byte[] {9});
    assertArrayEquals(new byte[] {9}, cache.read(key(1)));
  }

  @Test
  void read_ofAFileThatBelongsToAnotherKey_givesNothing(@TempDir Path folder) {
    // These two keys differ in their last byte only, and so have the same file name.
    ProgramCache cache = new ProgramCache(folder);
    assertEquals(cache.file(key(1)), cache.file(key(2)));
    cache.write(key(1), CONTENT);
    assertNull(cache.read(key(2)));
  }

  @Test
  void read_ofAFileWithAnyByteChangedOrCutOff_givesNothing(@TempDir Path folder)
      throws IOException {
    ProgramCache cache = new ProgramCache(folder);
    cache.write(key(1), CONTENT);
    byte[] whole = Files.readAllBytes(cache.file(key(1)));
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      Files.write(cache.file(key(1)), damaged);
      assertNull(cache.read(key(1)), "byte " + i);
      Files.write(cache.file(key(1)), java.util.Arrays.copyOf(whole, i));
      assertNull(cache.read(key(1)), "cut to " + i);
    }
    Files.write(cache.file(key(1)), java.util.Arrays.copyOf(whole, whole.length + 1));
    assertNull(cache.read(key(1)), "one byte more");
    Files.write(cache.file(key(1)), whole);
    assertNotNull(cache.read(key(1)), "repaired");
  }

  @Test
  void write_whereNoFolderCanBe_isNoError(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    ProgramCache cache = new ProgramCache(file.resolve("cache"));
    cache.write(key(1), CONTENT);
    assertNull(cache.read(key(1)));
  }

  /** One kernel's result on a device whose cache lies there. */
  private static float filled(Path folder) {
    String before = System.setProperty(CacheFolder.PROPERTY, folder.toString());
    try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT);
        TensorArena arena = new TensorArena(backend, "cache")) {
      Tensor out = arena.allocate("out", 3);
      backend.ops().fill(7, out);
      float[] values = new float[3];
      backend.download(out, values);
      return values[2];
    } finally {
      if (before == null) {
        System.clearProperty(CacheFolder.PROPERTY);
      } else {
        System.setProperty(CacheFolder.PROPERTY, before);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("opencl"))) {
      return files.toList();
    }
  }

  @Test
  void device_withADamagedCache_compilesAnewAndRepairsIt(@TempDir Path folder) throws IOException {
    assertEquals(7, filled(folder));
    Path file = files(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertEquals(7, filled(folder));
    assertArrayEquals(whole.length > 0 ? new byte[] {'M', 'Y'} : null, start(file));
    assertTrue(Files.size(file) > whole.length / 2, "rewritten");
  }

  private static byte[] start(Path file) throws IOException {
    return java.util.Arrays.copyOf(Files.readAllBytes(file), 2);
  }

  @Test
  void device_whoseDriverRefusesTheCachedBinary_compilesAnew(@TempDir Path folder)
      throws IOException {
    assertEquals(7, filled(folder));
    Path file = files(folder).get(0);
    byte[] storedKey = java.util.Arrays.copyOfRange(Files.readAllBytes(file), 4, 36);
    new ProgramCache(folder.resolve("opencl")).write(storedKey, CONTENT);
    long refusedBytes = Files.size(file);
    assertEquals(7, filled(folder));
    assertTrue(Files.size(file) > refusedBytes, "rewritten");
  }

  @Test
  void device_withAnUnwritableCache_worksWithoutIt(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertEquals(7, filled(file));
  }

  @Test
  void build_ofWrongSource_throwsTheCompilersLog(@TempDir Path folder) {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    OpenClDevice device = OpenClDevices.of(OpenClDevices.platforms()).get(0);
    cl_context context =
        CL.clCreateContext(null, 1, new cl_device_id[] {device.handle()}, null, null, new int[1]);
    CommandQueue queue = new CommandQueue(device, context);
    Programs programs = new Programs(device, context, queue, new ProgramCache(folder));
    KernelBuildException failure =
        assertThrows(
            KernelBuildException.class,
            () -> programs.build("wrong.cl", "__kernel void wrong() { undeclared = 1; }", ""));
    assertTrue(failure.getMessage().contains("wrong.cl"), failure.getMessage());
    assertTrue(failure.getMessage().contains("opencl:0"), failure.getMessage());
    assertTrue(failure.log().contains("undeclared"), failure.log());
    Releases releases = new Releases(device.info().id());
    programs.close(releases);
    queue.close(releases);
    releases.throwFirst();
    CL.clReleaseContext(context);
  }
}
