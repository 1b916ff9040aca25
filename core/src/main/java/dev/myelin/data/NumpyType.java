package dev.myelin.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * How the elements of a .npy file are stored.
 *
 * @param kind f float, i signed, u unsigned whole number, b truth
 * @param bytes of one element
 */
record NumpyType(char kind, int bytes, ByteOrder order) {
  private static final List<String> KNOWN =
      List.of("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1");

  /**
   * Takes a type as a header names it, {@code <f4} for one.
   *
   * @param place the file and its member, for messages
   * @throws InvalidDataException for what is no number, with what to do about it
   */
  static NumpyType of(String place, String descriptor) {
    String name = descriptor.isEmpty() ? "" : descriptor.substring(1);
    if (name.startsWith("O")) {
      throw new InvalidDataException(
          ("%s: holds Python objects ('%s'), which can be had by unpickling only, and that runs"
                  + " what the file says: save numbers, with x.astype('float32')")
              .formatted(place, descriptor));
    }
    char order = descriptor.isEmpty() ? ' ' : descriptor.charAt(0);
    boolean isOrdered = order == '<' || order == '>' || (order == '|' && name.endsWith("1"));
    if (!isOrdered || !KNOWN.contains(name)) {
      boolean areWords = name.startsWith("U") || name.startsWith("S");
      throw new InvalidDataException(
          "%s: holds '%s', expected numbers of one of %s: convert them with %s"
              .formatted(
                  place,
                  NumpyHeader.excerpt(descriptor),
                  KNOWN,
                  areWords ? "numpy.unique(x, return_inverse=True)[1]" : "x.astype('float32')"));
    }
    return new NumpyType(
        name.charAt(0),
        name.charAt(1) - '0',
        order == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  boolean isFloat() {
    return kind == 'f';
  }

  boolean isUnsignedByte() {
    return kind == 'u' && bytes == 1;
  }

  /** The next element; exact but for whole numbers beyond 2^53, which come as the nearest. */
  double next(ByteBuffer elements) {
    return switch (kind) {
      case 'f' -> bytes == 4 ? elements.getFloat() : elements.getDouble();
      case 'u' ->
          switch (bytes) {
            case 1 -> Byte.toUnsignedInt(elements.get());
            case 2 -> Short.toUnsignedInt(elements.getShort());
            default -> Integer.toUnsignedLong(elements.getInt());
          };
      case 'b' -> elements.get() == 0 ? 0 : 1;
      default ->
          switch (bytes) {
            case 1 -> elements.get();
            case 2 -> elements.getShort();
            case 4 -> elements.getInt();
            default -> elements.getLong();
          };
    };
  }
}
