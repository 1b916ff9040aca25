package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.DeviceInfo;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;

/** Bugs planted into the plain backend, one each. */
enum Mutation {
  MATMUL_IGNORES_ACCUMULATE {
    @Override
    Backend open(DeviceInfo device, BackendOptions options) {
      return new PlainBackend(
          device,
          options,
          new PlainOps() {
            @Override
            public void matmul(
                Tensor a, Transpose ta, Tensor b, Transpose tb, WriteMode mode, Tensor out) {
              super.matmul(a, ta, b, tb, WriteMode.OVERWRITE, out);
            }
          });
    }
  };

  abstract Backend open(DeviceInfo device, BackendOptions options);
}
