package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.nn.Loss;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity",
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu(0.2)",
        "elu(1.5)",
        "gelu",
        "gelu_tanh",
        "silu",
        "softplus",
        "step",
        "sign",
        "maxout(3)"
      })
  void activation_readsWhatItWrites(String text) {
    assertEquals(text, Activation.of(text).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross_entropy",
        "cross_entropy(0.1)",
        "mse",
        "mse_half_sum",
        "mse_sum",
        "bce",
        "l1",
        "huber(2.0)"
      })
  void loss_readsWhatItWrites(String text) {
    assertEquals(text, Loss.of(text).text());
  }

  @Test
  void activation_withoutParameter_hasPyTorchsDefault() {
    assertEquals(Activation.leakyRelu(0.01f), Activation.of("leaky-relu"));
    assertEquals(Activation.elu(1), Activation.of("elu"));
    assertEquals(Loss.huber(1), Loss.of("huber"));
  }

  @Test
  void unknownOrMalformedText_isRefusedWithWhatThereIs() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Activation.of("mish")).getMessage();
    assertTrue(message.contains("'mish'") && message.contains("softplus"), message);
    message = assertThrows(IllegalArgumentException.class, () -> Loss.of("hinge")).getMessage();
    assertTrue(message.contains("'hinge'") && message.contains("huber"), message);
    for (String wrong :
        List.of(
            "relu(1)",
            "relu(",
            "",
            "RELU",
            "elu(x)",
            "elu(1e99)",
            "elu(-1)",
            "maxout",
            "maxout(1)",
            "maxout(2.5)",
            "step(1)")) {
      assertThrows(IllegalArgumentException.class, () -> Activation.of(wrong), wrong);
    }
  }
}
