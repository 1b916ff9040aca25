package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatDecoderTest {
  /** Columns: bits of a binary16; bits of the binary32 with the same value. */
  @ParameterizedTest
  @CsvSource({
    "0000, 00000000", // 0
    "8000, 80000000", // -0
    "3c00, 3f800000", // 1
    "c000, c0000000", // -2
    "3555, 3eaaa000", // the nearest to 1/3: 0x1.554p-2
    "7bff, 477fe000", // the largest: 65504
    "fbff, c77fe000",
    "0400, 38800000", // the smallest normal: 2^-14
    "03ff, 387fc000", // the largest subnormal: 1023 x 2^-24
    "83ff, b87fc000",
    "0200, 38000000", // 2^-15
    "0003, 34400000", // 3 x 2^-24
    "0001, 33800000", // the smallest: 2^-24
    "8001, b3800000",
    "7c00, 7f800000", // infinity
    "fc00, ff800000",
    "7e00, 7fc00000", // NaN
    "fe01, ffc02000", // NaN with sign and payload
    "7fff, 7fffe000",
    "7d55, 7faaa000", // a signaling NaN
  })
  void fromHalf_keepsValueOrPayload(String half, String expected) {
    float value = FloatDecoder.fromHalf((short) Integer.parseInt(half, 16));
    assertEquals(expected, String.format("%08x", Float.floatToRawIntBits(value)));
  }

  /** The definition of binary16 in float64 arithmetic, for all finite values. */
  @Test
  void fromHalf_ofEveryFiniteValue_isSignTimesFractionTimesPowerOfTwo() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      if (exponent < 31) {
        double magnitude =
            exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1 + fraction / 1024.0, exponent - 15);
        double expected = bits >> 15 == 0 ? magnitude : -magnitude;
        assertEquals(expected, (double) FloatDecoder.fromHalf((short) bits));
      }
    }
  }

  /** Columns: bits of a bfloat16; bits of the binary32, its upper half. */
  @ParameterizedTest
  @CsvSource({
    "0000, 00000000",
    "8000, 80000000",
    "3f80, 3f800000", // 1
    "3eab, 3eab0000", // the nearest to 1/3
    "c2f7, c2f70000", // -123.5
    "7f7f, 7f7f0000", // the largest
    "0080, 00800000", // the smallest normal
    "007f, 007f0000", // subnormal
    "8001, 80010000",
    "7f80, 7f800000", // infinity
    "ff80, ff800000",
    "7fc0, 7fc00000", // NaN
    "ffc1, ffc10000",
  })
  void decode_bfloat16_isTheUpperHalf(String brain, String expected) {
    ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) Integer.parseInt(brain, 16)).flip();
    FloatBuffer target = FloatBuffer.allocate(1);
    TensorInfo tensor = new TensorInfo("w", StoredType.BF16, List.of(1L), 0, 2);
    new FloatDecoder(Path.of("model"), tensor).decode(bytes, target);
    assertEquals(expected, String.format("%08x", Float.floatToRawIntBits(target.get(0))));
  }
}
