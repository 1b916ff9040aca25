package dev.myelin.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.cuda.standin.StandInDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is opened and closed again and again takes no more memory of the process in the end. */
@EnabledOnOs(OS.LINUX)
class CyclesTest {
  /** As .ci/soak has them: so that only leaks make the process larger. */
  private static final List<String> STEADY =
      List.of(
          "-Xms64m",
          "-Xmx64m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  /** In a million cycles, but for OpenCL, where they would take most of a minute. */
  @ParameterizedTest
  @CsvSource({"cpu, 1000000", "opencl, 100000", "cuda-stand-in, 1000000"})
  void arenas_openedAndClosed_leaveTheProcessAsLarge(String device, String count) throws Exception {
    SoakTest.requireDevice(new SoakDevice(device));
    String output = output(device, count);
    System.out.println(output.strip());
    assertTrue(output.contains(device + ": "), output);
  }

  private static String output(String... arguments) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String buildDir = System.getProperty(StandInDriver.BUILD_DIR);
    List<String> command =
        Stream.of(
                Stream.of(java, "--add-modules", "jdk.incubator.vector"),
                STEADY.stream(),
                Stream.of("-D" + StandInDriver.BUILD_DIR + "=" + buildDir),
                Stream.of("-cp", System.getProperty("java.class.path")),
                Stream.of(CyclesMain.class.getName()),
                Stream.of(arguments))
            .flatMap(part -> part)
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
