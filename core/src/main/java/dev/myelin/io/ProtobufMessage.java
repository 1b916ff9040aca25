package dev.myelin.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the wire format of Protocol Buffers, built field by field: each is a key, which is
 * its number and wire type, and a value; of a message within a message, its length first.
 *
 * <p>Written out here rather than generated: ONNX files need some thirty fields of it, and a
 * generator would bring a description that others own, a build step, and a run-time library to a
 * module that depends on the JDK only.
 *
 * <p>Source: protobuf.dev/programming-guides/encoding.
 */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32_BIT = 5;

  private interface Part {
    void writeTo(OutputStream out) throws IOException;
  }

  private final List<Part> parts = new ArrayList<>();
  private long bytes;

  /** How many bytes {@link #writeTo} writes. */
  long bytes() {
    return bytes;
  }

  void writeTo(OutputStream out) throws IOException {
    for (Part part : parts) {
      part.writeTo(out);
    }
  }

  /** An int32, int64, bool or enum. */
  ProtobufMessage integer(int field, long value) {
    return key(field, VARINT).raw(varint(value));
  }

  /** A float. */
  ProtobufMessage number(int field, float value) {
    return key(field, FIXED_32_BIT).raw(LittleEndian.bytes(Float.floatToRawIntBits(value)));
  }

  ProtobufMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtobufMessage bytes(int field, byte[] value) {
    return key(field, LENGTH_DELIMITED).raw(varint(value.length)).raw(value);
  }

  /** Bytes that are floats, not copied; those that remain in the buffer. */
  ProtobufMessage bytes(int field, FloatBuffer values) {
    long length = (long) values.remaining() * Float.BYTES;
    return key(field, LENGTH_DELIMITED)
        .raw(varint(length))
        .part(length, out -> LittleEndian.write(values.duplicate(), out));
  }

  /** A message that is complete: what it is given later is not seen. */
  ProtobufMessage message(int field, ProtobufMessage value) {
    return key(field, LENGTH_DELIMITED).raw(varint(value.bytes)).part(value.bytes, value::writeTo);
  }

  private ProtobufMessage key(int field, int wireType) {
    return raw(varint((long) field << 3 | wireType));
  }

  private ProtobufMessage raw(byte[] value) {
    return part(value.length, out -> out.write(value));
  }

  private ProtobufMessage part(long length, Part part) {
    parts.add(part);
    bytes += length;
    return this;
  }

  /** Seven bits a byte, the least significant first; all but the last have the top bit set. */
  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }
}
