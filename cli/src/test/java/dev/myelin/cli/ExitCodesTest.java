package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.myelin.Backends;
import dev.myelin.DeviceException;
import dev.myelin.KernelBuildException;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each exit code, with the message that goes with it. 130 is {@link InterruptionTest}'s. */
class ExitCodesTest {
  @TempDir Path directory;

  @Test
  void training_thatEndsWell_isZero() {
    Path model = directory.resolve("m.safetensors");
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--epochs", 1, "--save", model);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(Files.exists(model));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --lrr 1 | unknown option or argument '--lrr', did you mean --lr? | myelin train"
            + " --help",
        "train --epochs many | 'many' is not an int | myelin train --help",
        "train --epochs 0 | epochs must be at least 1, but is 0 | myelin train --help",
        "train --lr -1 | learningRate must be positive, but is -1.0 | myelin train --help",
        "train --optimizer sgdd | --optimizer must be adamw, adam, sgd, nesterov, rmsprop or"
            + " adagrad, but is 'sgdd' | train --help",
        "train --momentum 0.9 | --momentum goes with sgd and nesterov, not with adamw | train"
            + " --help",
        "train --warmup 0.2 | --warmup goes with --schedule warmup-cosine, not with cosine | train"
            + " --help",
        "train --activation relu6 | --activation: unknown activation 'relu6' | myelin train --help",
        "train --loss nll | --loss: unknown loss 'nll' | myelin train --help",
        "train --precision f16 | --precision must be f32, tf32 or bf16, but is 'f16' | train"
            + " --help",
        "train --init zeros | --init must be auto, he, xavier or pytorch, but is 'zeros' | train"
            + " --help",
        "train --hidden 5,,5 | --hidden takes whole numbers above 0 | myelin train --help",
        "train --data moons --layers 3,8,2 | --layers 3,8,2 begins with 3, but data moons has 2"
            + " features | --help",
        "train --data moons --layers 2,8,7 | --layers 2,8,7 ends with 7, but data moons has 2"
            + " classes | --help",
        "train --data moons --layers 2,8,2 --hidden 8 | --layers and --hidden exclude each other |"
            + " --help",
        "train --data sine --loss cross_entropy | --loss cross_entropy is for classes | --help",
        "train --data sine --task classification | --task classification is not for data sine |"
            + " --help",
        "train --data moons --target x | --target is for CSV files, but moons is made on the spot |"
            + " --help",
        "train --data moons --samples 0 | --samples must be at least 1, but is 0 | --help",
        "train --data moons --test-split 1 | --test-split must be at least 0 and less than 1 | --help",
        "train --threads -1 | --threads must be 0 to 1024, but is -1 | --help",
        "train --threads 1025 | --threads must be 0 to 1024, but is 1025 | --help",
        "train --data moons --hidden 70000,70000 | the network: layer 1, from 70000 inputs to 70000"
            + " outputs, makes the network too large | --help",
        "train --save /no/such/folder/m | the directory /no/such/folder does not exist | --help",
        "train --data moons --samples 20 --patience 3 | --patience needs validation samples |"
            + " --help",
        "eval | Missing required option: '--model=FILE' | myelin eval --help",
        "fit | unknown command 'fit' | myelin --help",
        "train --data moons --samples 400 --samples=399 | --samples is given twice | myelin train --help",
        "'' | no command given: train, eval, predict, export, devices, tune, bench or doctor | myelin --help",
      })
  void options_thatMakeNoSense_areTwo(String arguments, String message, String hint) {
    Object[] words = arguments.isEmpty() ? new Object[0] : (Object[]) arguments.split(" ");
    CommandLineRun run = CommandLineRun.of(words);
    assertEquals(2, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertEquals(2, run.errLines().size(), run.err());
    assertTrue(run.errLines().get(0).startsWith("error: "), run.err());
    assertTrue(run.errLines().get(0).contains(message), run.err());
    assertTrue(run.errLines().get(1).contains(hint), run.err());
  }

  @Test
  void data_thatDoNotExist_areThree() {
    CommandLineRun run = CommandLineRun.of("train", "--data", "digitz");
    assertEquals(3, run.exitCode());
    assertEquals(
        "error: digitz: no such file or directory, nor a set made on the spot (digits, spirals,"
            + " moons, rings, sine)\n",
        run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"vulkan", "rocm:1"})
  void device_whoseJarIsAbsent_isFourWithReasonAndRemedy(String device) {
    CommandLineRun run = CommandLineRun.of("train", "--device", device);
    String backend = device.replace(":1", "");
    assertEquals(4, run.exitCode());
    assertEquals(1, run.errLines().size(), run.err());
    String reason =
        "error: device " + device + " cannot be used: no backend of that name is on the class path";
    assertTrue(run.err().startsWith(reason + " (there: "), run.err());
    String remedy = "). Add the jar myelin-backend-" + backend + ", or ask for another device\n";
    assertTrue(run.err().endsWith(remedy), run.err());
  }

  @Test
  void device_cudaWithoutADriver_isFourWithReasonAndRemedy() {
    Probe cuda =
        Backends.probeAll().stream()
            .filter(probe -> probe.backend().equals("cuda"))
            .findFirst()
            .orElseThrow();
    assumeFalse(cuda.isUsable(), "this machine has a GPU that CUDA can use");
    for (String device : new String[] {"cuda", "cuda:1"}) {
      CommandLineRun run = CommandLineRun.of("train", "--device", device);
      assertEquals(4, run.exitCode());
      assertEquals(
          "error: device "
              + device
              + " cannot be used: "
              + cuda.reason()
              + ". "
              + cuda.remedy()
              + "\n",
          run.err());
      assertEquals("", run.out());
    }
  }

  @Test
  void device_thatHasNoSuchNumber_isFour() {
    CommandLineRun run = CommandLineRun.of("train", "--device", "cpu:7");
    assertEquals(4, run.exitCode());
    assertTrue(run.err().contains("cpu has no device number '7', but 1"), run.err());
  }

  @Test
  void device_withoutThePrecisionAskedFor_isFour_beforeAnyDataAreRead() {
    CommandLineRun run =
        CommandLineRun.of("train", "--device", "cpu", "--precision", "bf16", "--data", "nowhere");
    assertEquals(4, run.exitCode());
    assertEquals(
        "error: device cpu cannot be used: it multiplies matrices in f32 only, and bf16 is asked"
            + " for. Leave the precision out, or use a device that has bf16: an NVIDIA GPU of"
            + " compute capability 8.0 or newer, through cuda\n",
        run.err());
  }

  @Test
  void device_thatIsLost_isFour() {
    ErrorReport report =
        ErrorReport.of(new DeviceException("download", "CUDA_ERROR_X", "cuda:0", null));
    assertEquals(4, report.exitCode());
    assertEquals("download failed on cuda:0: CUDA_ERROR_X", report.message());
  }

  @Test
  void kernel_thatDoesNotBuild_isFourWithItsWholeLog() {
    ErrorReport report = ErrorReport.of(new KernelBuildException("gemm", "cuda:0", "a\nb", null));
    assertEquals(4, report.exitCode());
    assertEquals("kernel gemm does not build on cuda:0:\na\nb", report.message());
  }

  @Test
  void network_thatDoesNotFit_isFive() {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            "moons",
            "--hidden",
            "30000,30000",
            "--save",
            directory.resolve("m.safetensors"));
    assertEquals(5, run.exitCode(), run.err());
    assertEquals(1, run.errLines().size(), run.err());
    assertTrue(run.err().contains("memory"), run.err());
  }

  @Test
  void deviceMemory_thatIsFull_isFiveWithTheSizes() {
    ErrorReport report = ErrorReport.of(new OutOfDeviceMemoryException("cuda:0", 4096, 1024, 2048));
    assertEquals(5, report.exitCode());
    assertTrue(report.message().contains("asked for 4,096 bytes with 1,024 of 2,048"));
  }

  @Test
  void heap_thatIsFull_isFiveAndSaysHowToAllowMore() {
    ErrorReport report = ErrorReport.of(new OutOfMemoryError("Java heap space"));
    assertEquals(5, report.exitCode());
    assertTrue(report.message().contains("MYELIN_JAVA_OPTS=-Xmx16g"), report.message());
  }

  @Test
  void training_thatDiverges_isSixAndLeavesTheOldModelUntouched() throws IOException {
    Path model = directory.resolve("m.safetensors");
    CommandLineRun.of("train", "--data", "moons", "--epochs", 1, "--save", model);
    byte[] before = Files.readAllBytes(model);
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--lr", "1e30", "--save", model);
    assertEquals(6, run.exitCode(), run.err());
    assertTrue(
        run.errLines()
            .get(run.errLines().size() - 1)
            .startsWith("error: training diverged in epoch 1"),
        run.err());
    assertFalse(run.out().contains("Saved"));
    assertArrayEquals(before, Files.readAllBytes(model));
  }

  @Test
  void standardOutput_thatIsFull_isThree() {
    PrintStream full =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            },
            true,
            StandardCharsets.UTF_8);
    for (String command : List.of("devices", "--version")) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
      assertEquals(3, Main.run(new String[] {command}, full, errStream));
      assertEquals(
          "error: cannot write to standard output: it is full or closed, so results are missing\n",
          err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void error_ofAnyKind_isOneLine() {
    PrintStream broken =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            throw new ExceptionInInitializerError("out of order");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertEquals(1, Main.run(new String[] {"devices"}, broken, errStream));
    assertEquals(
        "error: internal error: java.lang.ExceptionInInitializerError: out of order. This is a bug"
            + " in Myelin: please report it with what --debug prints\n",
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void bug_isOneAndAsksForAReport() {
    ErrorReport report = ErrorReport.of(new IllegalStateException("odd\nthing"));
    assertEquals(1, report.exitCode());
    assertEquals(
        "internal error: java.lang.IllegalStateException: odd thing. This is a bug in Myelin:"
            + " please report it with what --debug prints",
        report.message());
  }

  @Test
  void stackTrace_onlyWithDebug() {
    CommandLineRun plain = CommandLineRun.of("train", "--data", "digitz");
    CommandLineRun debugging = CommandLineRun.of("train", "--data", "digitz", "--debug");
    assertFalse(plain.err().contains("\tat "));
    assertTrue(debugging.err().contains("\tat dev.myelin.cli."), debugging.err());
    assertEquals(3, debugging.exitCode());
  }
}
