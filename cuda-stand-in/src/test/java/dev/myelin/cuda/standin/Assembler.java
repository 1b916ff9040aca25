package dev.myelin.cuda.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** NVIDIA's own assembler of PTX, which JCuda's natives bring: a real driver has the same. */
final class Assembler {
  private static final Pattern TARGET = Pattern.compile("(?m)^\\.target (\\w+)");

  private Assembler() {}

  /** Fails with the assembler's messages when it refuses the text. */
  static void requireValid(String ptx) {
    Matcher target = TARGET.matcher(ptx);
    assertEquals(true, target.find(), "a .target");
    byte[] image = TestDevice.image(ptx);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(compiler, image.length, image));
    String[] options = {"--gpu-name=" + target.group(1)};
    int status = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
    String errors = errors(compiler);
    JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    assertEquals(0, status, () -> "NVIDIA's assembler says: " + errors + "\nof " + ptx);
  }

  private static String errors(nvPTXCompilerHandle compiler) {
    long[] length = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, length);
    byte[] errors = new byte[(int) length[0] + 1];
    if (length[0] > 0) {
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, errors);
    }
    return new String(errors, StandardCharsets.UTF_8).replace("\0", "");
  }
}
