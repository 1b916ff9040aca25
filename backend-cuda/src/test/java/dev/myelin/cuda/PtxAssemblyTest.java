package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.kernels.KernelBinaries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's own assembler, which JCuda's natives bring, takes every shipped kernel for every
 * architecture that it knows, in registers alone: the driver will make the same of it.
 */
class PtxAssemblyTest {
  /** Those that JCuda's assembler, of CUDA 12.6, knows. */
  private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90);

  /** What a multiprocessor has, and a lane may have of it. */
  private static final int REGISTERS_OF_A_MULTIPROCESSOR = 64 << 10;

  private static final Pattern TARGET = Pattern.compile("(?m)^\\.target sm_(\\d+)(a?)$");
  private static final Pattern MOST_LANES = Pattern.compile("\\.maxntid (\\d+)");
  private static final Pattern LEAST_GROUPS = Pattern.compile("\\.minnctapersm (\\d+)");

  /** Where a kernel does not say how many groups are to fit a multiprocessor. */
  private static final int MOST_REGISTERS = 128;

  /** What a group may have without asking for more. */
  private static final int MOST_SHARED_BYTES = 48 << 10;

  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");
  private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes (?:stack|spill)");

  static List<String> names() throws IOException {
    Path folder = Path.of("../kernels/src/main/resources/dev/myelin/kernels/ptx");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.ptx$", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void ptx_isAssembledForEveryArchitecture_withoutSpills(String name) {
    String ptx = KernelBinaries.ptx(name);
    for (String architecture : architectures(ptx)) {
      String log = assembled(ptx, architecture);
      String where = name + " for " + architecture + ": " + log;
      assertTrue(log.contains("registers"), where);
      // What the assembler says of wgmma whose accumulators it cannot keep apart.
      assertFalse(log.contains("serialized"), where);
      assertEquals(0, largest(SPILLS, log), where);
      assertTrue(largest(REGISTERS, log) <= mostRegisters(ptx), where);
      assertTrue(largest(SHARED, log) <= MOST_SHARED_BYTES, where);
    }
  }

  /** A target that ends in a runs on that architecture only, any other on all newer ones. */
  private static List<String> architectures(String ptx) {
    Matcher target = TARGET.matcher(ptx);
    assertTrue(target.find(), "no target");
    int oldest = Integer.parseInt(target.group(1));
    if (!target.group(2).isEmpty()) {
      return List.of("sm_" + oldest + "a");
    }
    return ARCHITECTURES.stream()
        .filter(architecture -> architecture >= oldest)
        .map(architecture -> "sm_" + architecture)
        .toList();
  }

  /** So many that as many groups as the kernel wants fit a multiprocessor. */
  private static long mostRegisters(String ptx) {
    long lanes = largest(MOST_LANES, ptx);
    long groups = largest(LEAST_GROUPS, ptx);
    return groups == 0 ? MOST_REGISTERS : REGISTERS_OF_A_MULTIPROCESSOR / (lanes * groups);
  }

  @ParameterizedTest
  @MethodSource("names")
  void ptx_isOfAVersionThatTheOldestDriverLoads(String name) {
    String ptx = KernelBinaries.ptx(name);
    Matcher version = Pattern.compile("(?m)^\\.version (\\d)\\.(\\d)$").matcher(ptx);
    assertTrue(version.find(), name);
    int isa = Integer.parseInt(version.group(1)) * 10 + Integer.parseInt(version.group(2));
    // CUDA 11.6 brought 7.6, and CUDA 12.0 brought 8.0.
    assertTrue(isa <= (ptx.contains(".target sm_90a") ? 80 : 76), name);
    assertEquals(11060, CudaBackendProvider.OLDEST_DRIVER);
    assertEquals(12000, TensorCoreGemm.OLDEST_WARPGROUP_DRIVER);
  }

  @Test
  void ptx_withAnError_isRefusedWithItsLine() {
    String ptx = KernelBinaries.ptx("gather").replaceFirst("mad\\.lo|mul\\.lo", "mul.nothing");
    String log = assembled(ptx, "sm_75");
    assertTrue(log.contains("error"), log);
    assertFalse(log.contains("registers"), log);
  }

  private static long largest(Pattern number, String log) {
    return number
        .matcher(log)
        .results()
        .mapToLong(result -> Long.parseLong(result.group(1)))
        .max()
        .orElse(0);
  }

  /** What the assembler says: errors, or registers and spills. */
  private static String assembled(String ptx, String architecture) {
    byte[] text = ptx.getBytes(StandardCharsets.US_ASCII);
    byte[] terminated = Arrays.copyOf(text, text.length + 1);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(compiler, terminated.length, terminated));
    String[] options = {"--gpu-name=" + architecture, "--verbose"};
    int status = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
    long[] length = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, length);
    byte[] errors = new byte[(int) length[0] + 1];
    if (length[0] > 0) {
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, errors);
    }
    JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, length);
    byte[] log = new byte[(int) length[0] + 1];
    if (length[0] > 0) {
      JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log);
    }
    JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    String said = text(errors) + text(log);
    return status == 0 ? said : "error " + status + ": " + said;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
  }
}
