package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.myelin.random.Philox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a file can break the format, and what the user is told. */
class SafeTensorsMalformedTest {
  private static final String DAMAGED =
      ". The file is damaged or was written wrongly: export it again.";
  private static final String INCOMPLETE = ". The file is incomplete: copy or download it again.";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("model.safetensors");
  }

  @Test
  void open_noFile_saysSo() {
    assertRefused(": expected a regular file, found none. Check the path.");
  }

  @Test
  void open_aDirectory_saysSo() throws IOException {
    Files.createDirectory(file);
    assertRefused(": expected a regular file, found a directory. Check the path.");
  }

  @Test
  void open_withoutPermission_saysSo() throws IOException {
    Files.write(file, new byte[8]);
    assumeTrue(Files.getFileStore(file).supportsFileAttributeView("posix"), "needs POSIX");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
    assumeTrue(!Files.isReadable(file), "this user may read everything");
    assertRefused(
        ": cannot be read: " + file + " (Permission denied). Check the file and its permissions.");
  }

  @Test
  void open_fileShorterThanItsLengthField_isRefused() throws IOException {
    for (int bytes = 0; bytes < 8; bytes++) {
      Files.write(file, new byte[bytes]);
      assertRefused(
          ": header length: expected 8 bytes, found " + bytes + " in the file" + INCOMPLETE);
    }
  }

  @Test
  void open_headerLengthOverTheCap_isRefused_andNothingAllocated() throws IOException {
    String place = ": header length: expected at most 100000000, found ";
    writePrefix(100_000_001);
    assertRefused(place + "100000001. This is not a safetensors file.");
    writePrefix(Long.MAX_VALUE);
    assertRefused(place + "9223372036854775807. This is not a safetensors file.");
    writePrefix(-1);
    assertRefused(place + "18446744073709551615. This is not a safetensors file.");
  }

  @Test
  void open_headerLengthPastTheEnd_isRefused() throws IOException {
    writePrefix(100_000_000);
    assertRefused(
        ": header length: expected at most 0, which the file has left, found 100000000"
            + INCOMPLETE);
    write(3, "{}", 0);
    assertRefused(
        ": header length: expected at most 2, which the file has left, found 3" + INCOMPLETE);
  }

  @Test
  void open_otherFilesThatBearTheName_namesThem() throws IOException {
    Files.write(file, new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0});
    assertRefused(
        ": header length: expected at most 100000000, found 578712552184433488."
            + " This is a zip, as torch.save writes: save with safetensors.torch.save_file"
            + " instead.");
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
    assertRefused(
        ": header length: expected at most 100000000, found 2336927755350992246."
            + " This is a Git LFS pointer: fetch the file itself with \"git lfs pull\".");
  }

  @Test
  void open_headerThatDoesNotBeginWithABrace_isRefused() throws IOException {
    String place = ": header: expected '{' as its first byte, found ";
    write("", 0);
    assertRefused(place + "nothing" + DAMAGED);
    write(" {}", 0);
    assertRefused(place + "0x20" + DAMAGED);
    write("[]", 0);
    assertRefused(place + "0x5b" + DAMAGED);
    write("\ufeff{}", 0);
    assertRefused(place + "0xef" + DAMAGED);
  }

  @Test
  void open_headerPaddedWithSpaces_isRead_paddedWithZerosRefused() throws IOException {
    write("{}      ", 0);
    SafeTensors.open(file).close();
    write("{}\0\0\0\0\0\0", 0);
    assertRefused(
        ": header: JSON, line 1, column 3: expected the end of the text, found U+0000" + DAMAGED);
  }

  @Test
  void open_headerThatIsNotUtf8_isRefused() throws IOException {
    Files.write(file, new byte[] {4, 0, 0, 0, 0, 0, 0, 0, '{', '"', (byte) 0xff, '}'});
    assertRefused(": header: JSON, byte 2: expected UTF-8, found the byte 0xff" + DAMAGED);
  }

  /** Columns: the header, the bytes of data behind it, what the message says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // JSON
        "{~a~:1|0|header: JSON, line 1, column 7: expected ',' or '}', found the end of the text",
        "{~a~:1,~a~:2}|0|header: JSON, line 1, column 8: expected a new key, found ~a~ for the"
            + " second time",
        "{~a~:{~dtype~:~F32~,~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4]}}|4|header: JSON,"
            + " line 1, column 21: expected a new key, found ~dtype~ for the second time",
        "{~__metadata__~:{},~__metadata__~:{}}|0|header: JSON, line 1, column 20: expected a new"
            + " key, found ~__metadata__~ for the second time",
        // metadata
        "{~__metadata__~:[]}|0|__metadata__: expected an object, found []",
        "{~__metadata__~:null}|0|__metadata__: expected an object, found null",
        "{~__metadata__~:{~a~:~b~,~epoch~:3}}|0|__metadata__, ~epoch~: expected a string, found 3",
        "{~__metadata__~:{~a~:null}}|0|__metadata__, ~a~: expected a string, found null",
        // a tensor's members
        "{~a~:3}|0|tensor ~a~: expected an object of dtype, shape and data_offsets, found 3",
        "{~a~:{~dtype~:~F32~,~shape~:[]}}|0|tensor ~a~: expected an object of dtype, shape and"
            + " data_offsets, found {~dtype~:~F32~,~shape~:[]}",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4],~x~:1}}|4|tensor ~a~: expected an"
            + " object of dtype, shape and data_offsets, found"
            + " {~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4],~x~:1}",
        // shape
        "{~a~:{~dtype~:~F32~,~shape~:2,~data_offsets~:[0,8]}}|8|tensor ~a~, shape: expected a"
            + " list of integers >= 0, found 2",
        "{~a~:{~dtype~:~F32~,~shape~:[-1],~data_offsets~:[0,4]}}|4|tensor ~a~, shape: expected a"
            + " list of integers >= 0, found [-1]",
        "{~a~:{~dtype~:~F32~,~shape~:[1.0],~data_offsets~:[0,4]}}|4|tensor ~a~, shape: expected a"
            + " list of integers >= 0, found [1.0]",
        "{~a~:{~dtype~:~F32~,~shape~:[~1~],~data_offsets~:[0,4]}}|4|tensor ~a~, shape: expected a"
            + " list of integers >= 0, found [~1~]",
        "{~a~:{~dtype~:~F32~,~shape~:[9223372036854775808],~data_offsets~:[0,4]}}|4|tensor ~a~,"
            + " shape: expected a list of integers >= 0, found [9223372036854776000.0]",
        "{~a~:{~dtype~:~F32~,~shape~:[4294967296,4294967296],~data_offsets~:[0,0]}}|0|tensor ~a~,"
            + " shape: expected less than 2^63 bits, found more in F32 [4294967296,4294967296]",
        "{~a~:{~dtype~:~F64~,~shape~:[2305843009213693952],~data_offsets~:[0,0]}}|0|tensor ~a~,"
            + " shape: expected less than 2^63 bits, found more in F64 [2305843009213693952]",
        "{~a~:{~dtype~:~F4~,~shape~:[3],~data_offsets~:[0,1]}}|1|tensor ~a~, shape: expected whole"
            + " bytes, found 12 bits in F4 [3]",
        // offsets
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:4}}|4|tensor ~a~, data_offsets: expected a"
            + " list of integers >= 0, found 4",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0]}}|4|tensor ~a~, data_offsets: expected"
            + " [begin, end], begin <= end, found [0]",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4,8]}}|4|tensor ~a~, data_offsets:"
            + " expected [begin, end], begin <= end, found [0,4,8]",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[4,0]}}|4|tensor ~a~, data_offsets:"
            + " expected [begin, end], begin <= end, found [4,0]",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[-4,0]}}|4|tensor ~a~, data_offsets:"
            + " expected a list of integers >= 0, found [-4,0]",
        "{~a~:{~dtype~:~F32~,~shape~:[2,3],~data_offsets~:[0,20]}}|20|tensor ~a~, data_offsets:"
            + " expected 24 bytes for F32 [2,3], found 20 from 0 to 20",
        "{~a~:{~dtype~:~F32~,~shape~:[0],~data_offsets~:[0,4]}}|4|tensor ~a~, data_offsets:"
            + " expected 0 bytes for F32 [0], found 4 from 0 to 4",
        // cover
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[4,8]}}|8|tensor ~a~, data_offsets:"
            + " expected to begin at 0, where the data before it end, found 4, a gap",
        "{~b~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[8,12]},"
            + "~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4]}}|12|tensor ~b~, data_offsets:"
            + " expected to begin at 4, where the data before it end, found 8, a gap",
        "{~a~:{~dtype~:~F32~,~shape~:[2],~data_offsets~:[0,8]},"
            + "~b~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[4,8]}}|8|tensor ~b~, data_offsets:"
            + " expected to begin at 8, where the data before it end, found 4, an overlap",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4]},"
            + "~b~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4]}}|4|tensor ~b~, data_offsets:"
            + " expected to begin at 4, where the data before it end, found 0, an overlap",
        "{~a~:{~dtype~:~F32~,~shape~:[2],~data_offsets~:[0,8]},"
            + "~b~:{~dtype~:~F32~,~shape~:[0],~data_offsets~:[4,4]}}|8|tensor ~b~, data_offsets:"
            + " expected to begin at 8, where the data before it end, found 4, an overlap",
        "{~a~:{~dtype~:~F32~,~shape~:[],~data_offsets~:[0,4]}}|5|data: expected 4 bytes, as the"
            + " header says, found 5",
        "{}|1|data: expected 0 bytes, as the header says, found 1",
      })
  void open_malformedHeader_saysWhereAndWhat(String header, int dataBytes, String message)
      throws IOException {
    write(header.replace('~', '"'), dataBytes);
    assertRefused(": " + message.replace('~', '"') + DAMAGED);
  }

  @Test
  void open_unknownType_namesTheKnown() throws IOException {
    String known = "one of " + Arrays.toString(StoredType.values());
    for (String type : List.of("\"F33\"", "\"f32\"", "null", "32")) {
      write("{\"a\":{\"dtype\":" + type + ",\"shape\":[],\"data_offsets\":[0,4]}}", 4);
      assertRefused(": tensor \"a\", dtype: expected " + known + ", found " + type + DAMAGED);
    }
  }

  @Test
  void open_fewerDataThanTheHeaderSays_asksForTheWholeFile() throws IOException {
    write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7);
    assertRefused(": data: expected 8 bytes, as the header says, found 7" + INCOMPLETE);
  }

  @Test
  void open_longAndStrangeNames_areCutAndEscapedInTheMessage() throws IOException {
    write("{\"\\n" + "x".repeat(1000) + "\":3}", 0);
    assertRefused(
        ": tensor \"\\n"
            + "x".repeat(79)
            + "\"...: expected an object of dtype, shape and data_offsets, found 3"
            + DAMAGED);
  }

  @Test
  void open_headerNestedTooDeep_isRefused() throws IOException {
    write("{\"a\":" + "[".repeat(1_000_000), 0);
    assertRefused(
        ": header: JSON, line 1, column 69: expected at most 64 arrays and objects in each other,"
            + " found '['"
            + DAMAGED);
  }

  /** Nothing but InvalidModelException, whatever one byte turns into. */
  @Test
  void open_fileWithOneByteChanged_opensOrIsRefused() throws IOException {
    SafeTensors.write(
        file,
        List.of(
            new NamedFloats("0.weight", new float[4], 2, 2), new NamedFloats("b", new float[1])),
        Map.of("epoch", "3"));
    byte[] whole = Files.readAllBytes(file);
    Philox random = new Philox(1, 0);
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, changed);
      try (SafeTensors model = SafeTensors.open(file)) {
        for (TensorInfo tensor : model.tensors()) {
          model.floats(tensor.name());
        }
      } catch (InvalidModelException expected) {
        assertEquals(0, expected.getMessage().indexOf(file.toString()));
        refused++;
      }
    }
    // The header's length and nearly all of its JSON; names and data may be anything.
    assertEquals(true, refused > whole.length / 2, refused + " of " + whole.length);
  }

  @Test
  void open_fileCutAtAnyByte_isRefused() throws IOException {
    SafeTensors.write(file, List.of(new NamedFloats("w", new float[4], 2, 2)), Map.of());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      var failure = assertThrows(InvalidModelException.class, () -> SafeTensors.open(file));
      assertEquals(true, failure.getMessage().endsWith(INCOMPLETE), failure.getMessage());
    }
  }

  private void assertRefused(String message) {
    var failure = assertThrows(InvalidModelException.class, () -> SafeTensors.open(file));
    assertEquals(file + message, failure.getMessage());
  }

  private void writePrefix(long headerLength) throws IOException {
    Files.write(
        file, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).array());
  }

  private void write(String header, int dataBytes) throws IOException {
    write(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
  }

  private void write(long headerLength, String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer content = ByteBuffer.allocate(8 + json.length + dataBytes);
    content.order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).put(json);
    Files.write(file, content.array());
  }
}
