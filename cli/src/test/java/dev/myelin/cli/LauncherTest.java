package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in the root of the repository, with a java and a mvn that only say what they got. */
class LauncherTest {
  @TempDir Path temporary;

  private Path home;
  private Path root;

  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void installScriptAndPretenders() throws IOException {
    assumeTrue(File.separatorChar == '/', "the launcher is a bash script");
    root = Files.createDirectories(temporary.resolve("checkout"));
    Files.copy(Path.of("..", "myelin"), root.resolve("myelin"));
    executable(root.resolve("myelin"), Files.readString(root.resolve("myelin")));
    home = temporary.resolve("jdk");
    executable(home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.9\"\n");
    executable(
        temporary.resolve("bin/mvn"),
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >>"
            + temporary.resolve("mvn.log")
            + "\n: >"
            + root
            + "/cli/target/myelin.jar\n");
    Files.createDirectories(root.resolve("cli/src/main"));
    Files.writeString(root.resolve("cli/pom.xml"), "");
    Files.writeString(root.resolve("pom.xml"), "");
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result launch(Path script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(Arrays.asList(arguments));
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("MYELIN_JAVA_OPTS");
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().put("PATH", temporary.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Result(exitCode, Files.readString(out), Files.readString(err));
  }

  private Result launch(String... arguments) throws IOException, InterruptedException {
    return launch(root.resolve("myelin"), Map.of(), arguments);
  }

  private int builds() throws IOException {
    Path log = temporary.resolve("mvn.log");
    return Files.exists(log)
        ? (int) Files.readAllLines(log).stream().filter("package"::equals).count()
        : 0;
  }

  @Test
  void firstUse_buildsAndThenRuns() throws Exception {
    Result result = launch("train", "--data", "two words");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(
        List.of(
            "myelin: building, which takes a minute the first time ...",
            "myelin: preparing a faster start on Java 17.0.9 ..."),
        result.err().lines().toList());
    assertEquals(1, builds());
    List<String> arguments = result.out().lines().toList();
    assertEquals(
        List.of(
            root.toRealPath() + "/cli/target/myelin.jar",
            "dev.myelin.cli.Main",
            "train",
            "--data",
            "two words"),
        arguments.subList(arguments.size() - 5, arguments.size()));
    assertTrue(arguments.contains("jdk.incubator.vector"), result.out());
  }

  @Test
  void laterUse_doesNotBuild() throws Exception {
    launch("devices");
    Result result = launch("devices");
    assertEquals("", result.err());
    assertEquals(1, builds());
  }

  @Test
  void newerSources_areBuilt() throws Exception {
    launch("devices");
    Path source = Files.writeString(root.resolve("cli/src/main/Main.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    launch("devices");
    assertEquals(2, builds());
  }

  @Test
  void symbolicLink_leadsToTheCheckout() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("checkout", "myelin"));
    Result result = launch(link, Map.of(), "devices");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.out().contains(root.toRealPath() + "/cli/target/myelin.jar"), result.out());
  }

  @Test
  void options_fromTheEnvironment_reachTheJvm() throws Exception {
    Result result =
        launch(root.resolve("myelin"), Map.of("MYELIN_JAVA_OPTS", "-Xmx16g -Dx=y"), "devices");
    List<String> arguments = result.out().lines().toList();
    assertTrue(arguments.containsAll(List.of("-Xmx16g", "-Dx=y")), result.out());
  }

  /** The JVM's signal handlers stay in place where a driver sets its own: docs/reliability.md. */
  @Test
  void jdk_withALibraryForSignals_hasItPreloaded_beforeOthers() throws Exception {
    Path real = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    assumeTrue(Files.exists(real), "only JDKs for Linux have libjsig.so");
    executable(home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$LD_PRELOAD\"\n");
    Map<String, String> users = Map.of("LD_PRELOAD", real.toString());
    assertEquals(real + "\n", launch(root.resolve("myelin"), users, "devices").out());

    Path library = home.resolve("lib/libjsig.so");
    Files.createDirectories(library.getParent());
    Files.copy(real, library);
    assertEquals(
        home.toRealPath().resolve("lib/libjsig.so") + ":" + real + "\n",
        launch(root.resolve("myelin"), users, "devices").out());
  }

  @Test
  void streams_thatEndInOneFile_areToldToTheProgram() throws Exception {
    launch("devices");
    ProcessBuilder builder =
        new ProcessBuilder(root.resolve("myelin").toString(), "devices").redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", home.toString());
    Process process = builder.start();
    String merged = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(merged.lines().anyMatch("-Dmyelin.terminal=,same"::equals), merged);
    assertTrue(launch("devices").out().lines().anyMatch("-Dmyelin.terminal="::equals));
  }

  @Test
  void java_thatIsTooOld_isNamedWithItsVersion() throws Exception {
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Result result = launch("devices");
    assertEquals(4, result.exitCode());
    assertEquals(
        "error: "
            + home.resolve("bin/java")
            + " is version 11.0.2, but 17 or newer is needed: set JAVA_HOME to such a JDK\n",
        result.err());
  }

  @Test
  void javaHome_withoutJava_isNamed() throws Exception {
    Result result = launch(root.resolve("myelin"), Map.of("JAVA_HOME", "/nowhere"), "devices");
    assertEquals(4, result.exitCode());
    assertTrue(
        result.err().startsWith("error: JAVA_HOME is /nowhere, but there is no bin/java in it"));
  }

  @Test
  void build_thatFails_showsWhy() throws Exception {
    executable(temporary.resolve("bin/mvn"), "#!/bin/sh\necho 'it rains'\nexit 1\n");
    Result result = launch("devices");
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("it rains\nerror: the build failed"), result.err());
    assertFalse(Files.exists(root.resolve("cli/target/building")));
  }

  @Test
  void build_withAJavaThatCannotCompile_saysSo() throws Exception {
    Files.delete(home.resolve("bin/javac"));
    Result result = launch("devices");
    assertEquals(4, result.exitCode());
    assertTrue(result.err().contains("is no JDK (it has no javac)"), result.err());
  }

  @Test
  void lock_thatNobodyWroteHisNameInto_isIgnoredAfterAWhile() throws Exception {
    Path lock = Files.createDirectories(root.resolve("cli/target/building"));
    Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(300)));
    Result result = launch("devices");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(1, builds());
    assertFalse(Files.exists(lock));
  }

  @Test
  void lock_ofAProcessThatIsGone_whileATakeoverWasKilled_isIgnored() throws Exception {
    Path lock = Files.createDirectories(root.resolve("cli/target/building"));
    Files.write(lock.resolve("owner"), "99999999\n".getBytes(StandardCharsets.UTF_8));
    Path takeover = Files.createDirectories(root.resolve("cli/target/building.takeover"));
    Files.setLastModifiedTime(takeover, FileTime.from(Instant.now().minusSeconds(300)));
    Result result = launch("devices");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(1, builds());
    assertFalse(Files.exists(takeover));
  }

  @Test
  void lock_ofAProcessThatIsGone_isIgnored() throws Exception {
    Path lock = Files.createDirectories(root.resolve("cli/target/building"));
    // No process has this number: it is above the largest that Linux and macOS give.
    Files.write(lock.resolve("owner"), "99999999\n".getBytes(StandardCharsets.UTF_8));
    Result result = launch("devices");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(1, builds());
  }
}
