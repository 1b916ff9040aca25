package dev.myelin.cuda.standin;

import dev.myelin.testkit.TestDevices;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stand-in driver as a test sees it: {@link #loadOrSkip()} before JCuda's first class is
 * touched, then the settings of the machine that it pretends to be, failures to inject, and what it
 * saw.
 *
 * <p>There is one driver in a process; {@link #reset()} makes it as new. Reports begin with their
 * kind:
 *
 * <ul>
 *   <li>{@code race}: two threads touch the same memory in an order that nothing fixes
 *   <li>{@code async}: memory is touched that an asynchronous copy still writes
 *   <li>{@code uninitialised}: shared memory is read that nobody wrote
 *   <li>{@code read-only}: memory read through {@code ld.global.nc} is written in the same launch
 *   <li>{@code divergence}: a barrier or a warp's exchange that not all of its threads reach
 *   <li>{@code fault}: what ended a kernel; {@code launch}, {@code memory}, {@code module}, {@code
 *       context}: calls that are wrong or suspicious
 * </ul>
 */
public final class StandInDriver {
  /** The system property that names the folder where the compiled driver is kept. */
  public static final String BUILD_DIR = "myelin.standin.buildDir";

  private static boolean loaded;

  private StandInDriver() {}

  /**
   * Compiles the driver when that has not been done, and loads it. JCuda's library then finds it by
   * its soname, so no environment variable is needed.
   *
   * @param folder where the compiled library is kept
   * @throws StandInUnavailableException when there is no compiler or no jni.h
   * @throws IllegalStateException when the sources do not compile, with the compiler's output
   */
  public static synchronized void load(Path folder) throws StandInUnavailableException {
    if (loaded) {
      return;
    }
    folder.toFile().mkdirs();
    System.load(StandInCompiler.find().compile(folder).toString());
    loaded = true;
  }

  /**
   * Loads the driver, compiled in the folder that {@value #BUILD_DIR} names or in the temporary
   * one, and resets it. On a machine without a compiler the test is skipped, or fails where {@code
   * myelin.requireDevices} names {@code cuda-stand-in} or {@code cuda}.
   */
  public static void loadOrSkip() {
    String folder = System.getProperty(BUILD_DIR);
    Path place =
        folder != null
            ? Path.of(folder)
            : Path.of(System.getProperty("java.io.tmpdir"), "myelin-cuda-stand-in");
    try {
      load(place);
    } catch (StandInUnavailableException unavailable) {
      throw TestDevices.absent(unavailable, "cuda-stand-in", "cuda");
    }
    reset();
  }

  /**
   * Makes the driver as new: default settings, nothing allocated, no reports, no failures to come.
   * Contexts of before are destroyed; calls that use one end with CUDA_ERROR_CONTEXT_IS_DESTROYED.
   */
  public static native void reset();

  /** Memory of each device; 1 GiB after a reset. */
  public static native void setMemoryBytes(long bytes);

  /** Compute capability of all devices; 9.0 after a reset. */
  public static native void setComputeCapability(int major, int minor);

  /**
   * As cuDriverGetVersion tells it, 1000 * major + 10 * minor; 13000 after a reset. Decides which
   * PTX is too new.
   */
  public static native void setDriverVersion(int version);

  /** Number of devices; 0 makes cuInit answer CUDA_ERROR_NO_DEVICE. */
  public static native void setDeviceCount(int count);

  /**
   * Whether kernels are checked for races, uninitialised shared memory and missing waits; on after
   * a reset.
   */
  public static native void setRaceChecks(boolean on);

  /** Whether memory accesses are counted for {@link #statistics()}; off after a reset. */
  public static native void setStatistics(boolean on);

  /** Whether work waits in its stream until something waits for it; on after a reset. */
  public static native void setLazyStreams(boolean on);

  /** Instructions (of a warp) after which a kernel ends with CUDA_ERROR_LAUNCH_TIMEOUT. */
  public static native void setInstructionLimit(long warpInstructions);

  /**
   * Makes one of the next driver calls fail, without doing anything else.
   *
   * @param nth 1 for the next call
   * @param code CUresult; one that real drivers call sticky makes the current context unusable, as
   *     there
   */
  public static void failCall(long nth, int code) {
    failNamed(null, nth, code);
  }

  /**
   * Makes one of the next calls of one function fail.
   *
   * @param name as cuda.h has it, without version suffix: "cuMemAlloc"
   */
  public static void failCall(String name, long nth, int code) {
    failNamed(name, nth, code);
  }

  private static native void failNamed(String name, long nth, int code);

  /**
   * Makes the n-th next allocation of device or pinned host memory fail with
   * CUDA_ERROR_OUT_OF_MEMORY.
   */
  public static native void failAllocation(long nth);

  /** Forgets failures that have not come yet. */
  public static native void clearFailures();

  /** Driver calls since the last reset or {@link #clearCounts()}. */
  public static native long callCount();

  /**
   * Allocations asked for since the last reset or {@link #clearCounts()}, device and pinned host
   * memory.
   */
  public static native long allocationCount();

  /** Driver calls by name. */
  public static Map<String, Long> calls() {
    return numbers(callLines());
  }

  /** Device memory allocated now, in steps of 512 bytes an allocation. */
  public static native long usedBytes();

  /** The most that was allocated on one device since the last reset. */
  public static native long peakBytes();

  /** How kernels used memory, by name; counted where {@link #setStatistics} is on. */
  public static Map<String, Long> statistics() {
    return numbers(statisticLines());
  }

  /** What was wrong, each once, oldest first. Empty when all is well. */
  public static List<String> reports() {
    return List.of(reportLines());
  }

  public static native void clearReports();

  /**
   * What had not been given back when its context was released: memory, streams, events, modules,
   * graphs.
   */
  public static List<String> leaks() {
    return List.of(leakLines());
  }

  /** Sets calls, allocations, statistics and leaks back to nothing. */
  public static native void clearCounts();

  private static native String[] callLines();

  private static native String[] statisticLines();

  private static native String[] reportLines();

  private static native String[] leakLines();

  private static Map<String, Long> numbers(String[] lines) {
    Map<String, Long> numbers = new TreeMap<>();
    Arrays.stream(lines)
        .map(line -> line.split("=", 2))
        .forEach(pair -> numbers.put(pair[0], Long.valueOf(pair[1])));
    return numbers;
  }
}
