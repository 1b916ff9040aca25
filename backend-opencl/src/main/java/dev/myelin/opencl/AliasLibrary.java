package dev.myelin.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A shared library without code: a 64-bit ELF file that has a name and needs another library. Where
 * it is loaded, the dynamic linker finds the other one as it finds every library, and whoever asks
 * for the name afterwards is given it, with all that it needs.
 *
 * <p>Source: System V ABI, chapters 4 and 5; the dynamic linker's rule that a library in memory
 * answers to its DT_SONAME.
 */
final class AliasLibrary {
  /** Instruction sets, as e_machine numbers them. */
  private static final int X86_64 = 62;

  private static final int AARCH64 = 183;

  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final int GNU_STACK = 0x6474e551;
  private static final int READ_WRITE = 6;

  /** The largest page of either instruction set. */
  private static final int PAGE_BYTES = 1 << 16;

  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int SYMBOL_BYTES = 24;

  private static final int SEGMENTS_AT = HEADER_BYTES;
  private static final int DYNAMIC_AT = SEGMENTS_AT + 3 * SEGMENT_BYTES;
  private static final int DYNAMIC_BYTES = 8 * 16;
  private static final int SYMBOLS_AT = DYNAMIC_AT + DYNAMIC_BYTES;
  private static final int HASH_AT = SYMBOLS_AT + SYMBOL_BYTES;
  private static final int NAMES_AT = HASH_AT + 16;

  private AliasLibrary() {}

  /** Whether the system's dynamic linker reads such files. */
  static boolean isPossibleOn(String osName, String osArch) {
    return osName.equals("Linux") && (osArch.equals("amd64") || osArch.equals("aarch64"));
  }

  /**
   * The file.
   *
   * @param osArch the system property os.arch, "amd64" or "aarch64"
   * @param name what the library answers to, "libOpenCL.so"
   * @param needed what is loaded with it, "libOpenCL.so.1"
   */
  static byte[] elf(String osArch, String name, String needed) {
    byte[] names = ("\0" + name + "\0" + needed + "\0").getBytes(StandardCharsets.US_ASCII);
    int fileBytes = NAMES_AT + names.length;
    ByteBuffer out = ByteBuffer.allocate(fileBytes).order(ByteOrder.LITTLE_ENDIAN);
    putHeader(out, osArch.equals("amd64") ? X86_64 : AARCH64);
    // Writable: the linker turns the dynamic section's offsets into addresses where they stand.
    putSegment(out, LOAD, 0, fileBytes, PAGE_BYTES);
    putSegment(out, DYNAMIC, DYNAMIC_AT, DYNAMIC_BYTES, 8);
    // Without this one the whole process's stacks would become executable.
    putSegment(out, GNU_STACK, 0, 0, 16);
    long[] dynamicSection = {
      1,
      2L + name.length(), // DT_NEEDED
      14,
      1, // DT_SONAME
      4,
      HASH_AT,
      5,
      NAMES_AT, // DT_STRTAB
      6,
      SYMBOLS_AT,
      10,
      names.length, // DT_STRSZ
      11,
      SYMBOL_BYTES,
      0,
      0
    };
    for (long word : dynamicSection) {
      out.putLong(word);
    }
    // The symbol that every table begins with, and a hash table of one empty bucket.
    out.put(new byte[SYMBOL_BYTES]);
    out.putInt(1).putInt(1).putInt(0).putInt(0);
    return out.put(names).array();
  }

  private static void putHeader(ByteBuffer out, int machine) {
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) 3).putShort((short) machine).putInt(1);
    out.putLong(0).putLong(SEGMENTS_AT).putLong(0);
    out.putInt(0).putShort((short) HEADER_BYTES);
    out.putShort((short) SEGMENT_BYTES).putShort((short) 3);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
  }

  private static void putSegment(ByteBuffer out, int type, long at, long bytes, long alignment) {
    out.putInt(type).putInt(READ_WRITE);
    out.putLong(at).putLong(at).putLong(at);
    out.putLong(bytes).putLong(bytes).putLong(alignment);
  }
}
