package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.Split;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's code, word by word, so that it cannot fall out of date unseen. */
class ReadmeExamplesTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "myelin", "cpu", "ReadmeExamplesTest.java");

  @Test
  void examples_areTheReadmesWordByWord() throws IOException {
    String source = withoutSpace(Files.readString(THIS));
    Matcher blocks =
        Pattern.compile("```java\n(.*?)\n}\n```", Pattern.DOTALL).matcher(Files.readString(README));
    int examples = 0;
    while (blocks.find()) {
      examples++;
      // The examples here go on, before the last brace, with what they assert.
      assertTrue(source.contains(withoutSpace(blocks.group(1))), "not here: " + blocks.group(1));
    }
    assertEquals(2, examples);
  }

  private static String withoutSpace(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void everyLineOfTheReadmesCode_standsInThisFile() throws IOException {
    Path source = Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java");
    String tested = squeezed(Files.readString(source));
    Matcher blocks =
        Pattern.compile("(?s)```java\n(.*?)```")
            .matcher(Files.readString(Path.of("..", "README.md")));
    int lines = 0;
    while (blocks.find()) {
      for (String line : blocks.group(1).lines().toList()) {
        String code = line.replaceFirst("//.*", "");
        assertTrue(tested.contains(squeezed(code)), "not tested: " + line);
        lines++;
      }
    }
    assertTrue(lines >= 17, lines + " lines of Java in the README");
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s", "");
  }

  @Test
  void trainingExample_learnsTheDigits() {
    try (Backend backend = Backends.best();
        Mlp network =
            Mlp.create(backend, MlpSpec.of(Activation.RELU, 784, 128, 10), Initializer.HE, 42)) {
      Split digits = GeneratedData.digits(20_000, 42).split(0.2, 42);
      TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(5);
      TrainingResult result =
          new Trainer(options).fit(network, digits.train(), digits.test(), TrainingListener.NONE);
      System.out.println(result.epochs().get(4).validation());
      assertTrue(result.epochs().get(4).validation().accuracy() > 0.93);
    }
  }

  @Test
  void operationsExample_multiplies() {
    try (Backend backend = Backends.open("cpu");
        TensorArena arena = new TensorArena(backend, "example")) {
      Tensor a = arena.upload("a", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor b = arena.upload("b", new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
      Tensor product = arena.allocate("product", 2, 2);
      backend.ops().matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, product);
      float[] host = new float[4];
      backend.download(product, host); // 4, 5, 10, 11
      assertArrayEquals(new float[] {4, 5, 10, 11}, host);
    }
  }
}
