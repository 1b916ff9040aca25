package dev.myelin.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Elements as files of every format here store them: the least significant byte first. */
final class LittleEndian {
  private static final int CHUNK_BYTES = 1 << 16;

  private LittleEndian() {}

  /** Writes all floats that remain in the buffer, in chunks: a model may be as large as memory. */
  static void write(FloatBuffer values, OutputStream out) throws IOException {
    long bytes = (long) values.remaining() * Float.BYTES;
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, bytes)];
    FloatBuffer chunkFloats = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (values.hasRemaining()) {
      int count = Math.min(chunkFloats.capacity(), values.remaining());
      chunkFloats.clear().put(values.slice(values.position(), count));
      values.position(values.position() + count);
      out.write(chunk, 0, count * Float.BYTES);
    }
  }

  static byte[] bytes(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
    return bytes.array();
  }

  static byte[] bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Integer.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return bytes.array();
  }
}
