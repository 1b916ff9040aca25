package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests that train on a device, which is opened for each of them. */
abstract class TrainingRuns {
  private Backend backend;

  /** The device under test, as {@link Backends#open(String)} takes it. */
  protected abstract String device();

  @BeforeEach
  void openDevice() {
    backend = TestDevices.open(device(), BackendOptions.DEFAULT);
  }

  @AfterEach
  void closeDevice() {
    // It is null when the test was skipped for lack of its device.
    if (backend != null) {
      backend.close();
    }
  }

  final Backend backend() {
    return backend;
  }

  /** Trains without validation. */
  static TrainingResult fit(Mlp mlp, TrainingOptions options, Dataset data) {
    return new Trainer(options).fit(mlp, data, null, TrainingListener.NONE);
  }
}
