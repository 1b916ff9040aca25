package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.StandInBackend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Loading parameters, on a device that writes down what reaches it. */
class MlpTest {
  private final StandInBackend device = new StandInBackend();

  private static NamedParameter parameter(String name, int... shape) {
    int elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return new NamedParameter(name, shape, new float[elements]);
  }

  @Test
  void load_ofAnotherShape_namesTheParameter_andChangesNothing() {
    try (Backend backend = device.checked();
        Mlp mlp = Mlp.create(backend, MlpSpec.of(Activation.RELU, 2, 3, 1), Initializer.HE, 1)) {
      List<NamedParameter> right =
          List.of(
              parameter("0.weight", 3, 2),
              parameter("0.bias", 3),
              parameter("2.weight", 1, 3),
              parameter("2.bias", 1));
      for (int i = 0; i < right.size(); i++) {
        List<NamedParameter> wrong = new ArrayList<>(right);
        NamedParameter other = parameter(right.get(i).name(), 7, 7);
        wrong.set(i, other);
        device.clearLog();
        String message =
            assertThrows(IllegalArgumentException.class, () -> mlp.load(wrong)).getMessage();
        assertTrue(message.contains(other.name()) && message.contains("[7, 7]"), message);
        assertEquals(List.of(), device.log());
      }
      mlp.load(right);
      assertEquals(List.of("upload"), device.log());
    }
  }
}
