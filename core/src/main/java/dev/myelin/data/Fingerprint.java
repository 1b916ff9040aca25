package dev.myelin.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over numbers: each array with its length before it, as little-endian bytes, so that what
 * was hashed can be told from the hash's arguments alone.
 */
public final class Fingerprint {
  private static final int CHUNK_BYTES = 1 << 16;

  private final MessageDigest digest;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  public Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  public Fingerprint add(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    add(utf8.length);
    digest.update(utf8);
    return this;
  }

  public Fingerprint add(long value) {
    chunk.clear().putLong(value);
    digestChunk();
    return this;
  }

  /** The bits: 0 and -0 differ. */
  public Fingerprint add(float[] values) {
    add(values.length);
    digest(values);
    return this;
  }

  private void digest(float[] values) {
    for (int from = 0; from < values.length; from += CHUNK_BYTES / Float.BYTES) {
      int count = Math.min(CHUNK_BYTES / Float.BYTES, values.length - from);
      chunk.clear().asFloatBuffer().put(values, from, count);
      chunk.position(count * Float.BYTES);
      digestChunk();
    }
  }

  /** As an array of all rows. */
  Fingerprint add(FeatureRows rows, int inputs) {
    add((long) rows.samples() * inputs);
    float[] row = new float[inputs];
    for (int sample = 0; sample < rows.samples(); sample++) {
      rows.read(sample, row, 0);
      digest(row);
    }
    rows.requireIntact();
    return this;
  }

  public Fingerprint add(int[] values) {
    add(values.length);
    for (int from = 0; from < values.length; from += CHUNK_BYTES / Integer.BYTES) {
      int count = Math.min(CHUNK_BYTES / Integer.BYTES, values.length - from);
      chunk.clear().asIntBuffer().put(values, from, count);
      chunk.position(count * Integer.BYTES);
      digestChunk();
    }
    return this;
  }

  private void digestChunk() {
    digest.update(chunk.flip());
  }

  /** In hexadecimal, 64 characters; ends this fingerprint. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
