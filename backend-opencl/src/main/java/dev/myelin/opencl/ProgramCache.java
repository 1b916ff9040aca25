package dev.myelin.opencl;

import dev.myelin.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Compiled programs in the user's cache folder, one file each. A file is used only when its header
 * repeats the key that it was asked by and its content has the length and the checksum that the
 * header says; all else is as if it were not there. A folder that cannot be read or written costs
 * time, and is no error.
 *
 * <p>The file: magic number, 32 bytes of key, 8 of length, 32 of SHA-256 of the content, content.
 */
final class ProgramCache {
  private static final Logger LOGGER = System.getLogger(ProgramCache.class.getName());
  private static final int MAGIC = 0x4D594C31;
  private static final int DIGEST_BYTES = 32;
  private static final int HEADER_BYTES = 4 + DIGEST_BYTES + 8 + DIGEST_BYTES;

  private final Path directory;

  ProgramCache(Path directory) {
    this.directory = directory;
  }

  /** What a program is kept by: everything that its binary depends on. */
  static byte[] key(OpenClDevice device, String options, String source) {
    MessageDigest digest = sha256();
    for (String part : new String[] {device.identity(), options, source}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // The length keeps ("ab", "c") and ("a", "bc") apart.
      digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
      digest.update(bytes);
    }
    return digest.digest();
  }

  Path file(byte[] key) {
    return directory.resolve(HexFormat.of().formatHex(key, 0, 16) + ".bin");
  }

  /** The binary kept by this key; null when there is none, or none that can be trusted. */
  byte[] read(byte[] key) {
    Path file = file(key);
    try {
      return Files.isRegularFile(file) ? content(key, Files.readAllBytes(file)) : null;
    } catch (IOException unreadable) {
      LOGGER.log(Level.DEBUG, "cannot read " + file, unreadable);
      return null;
    }
  }

  private static byte[] content(byte[] key, byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int magic = header.getInt();
    byte[] storedKey = new byte[DIGEST_BYTES];
    header.get(storedKey);
    long length = header.getLong();
    byte[] checksum = new byte[DIGEST_BYTES];
    header.get(checksum);
    byte[] content = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
    boolean isWhole =
        magic == MAGIC
            && Arrays.equals(storedKey, key)
            && length == content.length
            && Arrays.equals(checksum, sha256().digest(content));
    return isWhole ? content : null;
  }

  /** Keeps a binary, if that is possible. */
  void write(byte[] key, byte[] content) {
    byte[] header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putInt(MAGIC)
            .put(key)
            .putLong(content.length)
            .put(sha256().digest(content))
            .array();
    try {
      Files.createDirectories(directory);
      AtomicFile.write(
          file(key),
          out -> {
            out.write(header);
            out.write(content);
          });
    } catch (IOException | UncheckedIOException unwritable) {
      LOGGER.log(Level.DEBUG, "compiled kernels are not kept in " + directory, unwritable);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
