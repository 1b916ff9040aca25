package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that the encoding's description gives, or that follow from it by hand. */
class ProtobufMessageTest {
  private static String hex(ProtobufMessage message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message.writeTo(out);
    assertEquals(out.size(), message.bytes());
    return HexFormat.ofDelimiter(" ").formatHex(out.toByteArray());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 150, 08 96 01",
    "1, 0, 08 00",
    "1, 127, 08 7f",
    "1, 128, 08 80 01",
    "16, 1, 80 01 01",
    "1, -1, 08 ff ff ff ff ff ff ff ff ff 01",
    "2, 9223372036854775807, 10 ff ff ff ff ff ff ff ff 7f"
  })
  void integer_isAVarint(int field, long value, String bytes) throws IOException {
    assertEquals(bytes, hex(new ProtobufMessage().integer(field, value)));
  }

  @Test
  void number_isFourBytesTheLeastSignificantFirst() throws IOException {
    assertEquals("15 00 00 80 3f", hex(new ProtobufMessage().number(2, 1f)));
  }

  @Test
  void text_isItsLengthInUtf8AndItsBytes() throws IOException {
    assertEquals("12 07 74 65 73 74 69 6e 67", hex(new ProtobufMessage().text(2, "testing")));
    assertEquals("12 02 c3 a9", hex(new ProtobufMessage().text(2, "\u00e9")));
    assertEquals("12 00", hex(new ProtobufMessage().text(2, "")));
  }

  @Test
  void message_isItsLengthAndItsFields() throws IOException {
    ProtobufMessage inner = new ProtobufMessage().integer(1, 150);
    assertEquals("1a 03 08 96 01", hex(new ProtobufMessage().message(3, inner)));
  }

  @Test
  void floats_areBytes_ofWhatRemains() throws IOException {
    FloatBuffer values = FloatBuffer.wrap(new float[] {5, 1, -2}, 1, 2);
    ProtobufMessage message = new ProtobufMessage().bytes(9, values);
    assertEquals("4a 08 00 00 80 3f 00 00 00 c0", hex(message));
    assertEquals("4a 08 00 00 80 3f 00 00 00 c0", hex(message), "a second time");
  }

  @Test
  void floats_ofMoreThanAChunk_areAllThere() throws IOException {
    float[] values = new float[50_001];
    values[50_000] = 1;
    ProtobufMessage message = new ProtobufMessage().bytes(1, FloatBuffer.wrap(values));
    String hex = hex(new ProtobufMessage().message(2, message));
    // 200,004 = 0x30d44: 44 | 1a << 7 | c << 14; one byte of key and three of length more outside.
    assertEquals("12 c8 9a 0c 0a c4 9a 0c 00", hex.substring(0, 26));
    assertEquals("00 00 80 3f", hex.substring(hex.length() - 11));
  }
}
