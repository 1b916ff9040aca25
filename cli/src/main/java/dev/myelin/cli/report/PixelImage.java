package dev.myelin.cli.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Grey images as PNG files within the page. The JDK's own writer is in java.desktop, which the
 * runtimes of servers often lack, and takes longer to load than this to run.
 *
 * <p>Source: W3C, "Portable Network Graphics (PNG) Specification", 2003.
 */
public final class PixelImage {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private PixelImage() {}

  /**
   * The image as a data URI; ink is dark.
   *
   * @param pixels of which the image begins at {@code offset}, row by row
   * @param blank the value of paper
   * @param ink the value of full ink; other values are cut off
   */
  public static String dataUri(
      float[] pixels, int offset, int rows, int columns, float blank, float ink) {
    byte[] lines = new byte[rows * (columns + 1)];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        float value = pixels[offset + row * columns + column];
        float share = ink == blank ? 0 : (value - blank) / (ink - blank);
        int grey = Math.round(255 * (1 - Math.max(0, Math.min(1, share))));
        lines[row * (columns + 1) + 1 + column] = (byte) grey; // after the line's filter, none
      }
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(rows, columns, lines));
  }

  private static byte[] png(int rows, int columns, byte[] lines) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(columns).putInt(rows);
    header.put((byte) 8).put((byte) 0); // bits a pixel, grey
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    file.writeBytes(chunk("IHDR", header.array()));
    file.writeBytes(chunk("IDAT", deflated(lines)));
    file.writeBytes(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(data);
    return ByteBuffer.allocate(data.length + 12)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) checksum.getValue())
        .array();
  }

  private static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1024];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }
}
