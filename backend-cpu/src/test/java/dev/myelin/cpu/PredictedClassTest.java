package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.nn.Predictions;
import org.junit.jupiter.api.Test;

/** Training counts right classes on the device, evaluation on the host: both by one rule. */
class PredictedClassTest {
  private static final float[] VALUES = {
    Float.NaN, Float.POSITIVE_INFINITY, 1, 0f, -0f, -1, Float.NEGATIVE_INFINITY
  };

  @Test
  void predictedClass_onTheHost_isArgmaxOnTheDevice() {
    int width = 3;
    int rows = VALUES.length * VALUES.length * VALUES.length;
    float[] outputs = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      outputs[row * width] = VALUES[row % VALUES.length];
      outputs[row * width + 1] = VALUES[row / VALUES.length % VALUES.length];
      outputs[row * width + 2] = VALUES[row / VALUES.length / VALUES.length];
    }
    int[] onDevice = new int[rows];
    try (Backend backend = Backends.open("cpu");
        TensorArena arena = new TensorArena(backend, "outputs")) {
      Tensor matrix = arena.upload("outputs", outputs, rows, width);
      Tensor largest = arena.allocate("largest", DType.I32, rows);
      backend.ops().argmaxRows(matrix, largest);
      backend.download(largest, onDevice);
    }
    for (int row = 0; row < rows; row++) {
      int onHost = Predictions.predictedClass(outputs, row, width, 0.5f);
      assertEquals(onDevice[row], onHost, "row " + row);
    }
  }
}
