package dev.myelin.testkit;

import dev.myelin.BackendOptions;
import dev.myelin.DeviceInfo;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;

/** Works late, as devices do, but does not wait for it where it should: in synchronize. */
final class HastyBackend extends PlainBackend {
  private final Deque<Runnable> queue = new ArrayDeque<>();

  HastyBackend(DeviceInfo device, BackendOptions options) {
    super(device, options, new PlainOps());
  }

  @Override
  public Ops ops() {
    Ops late = super.ops();
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            (proxy, method, arguments) -> {
              queue.add(
                  () -> {
                    try {
                      method.invoke(late, arguments);
                    } catch (IllegalAccessException | InvocationTargetException broken) {
                      throw new IllegalStateException(broken);
                    }
                  });
              return null;
            });
  }

  private void finishWork() {
    while (!queue.isEmpty()) {
      queue.remove().run();
    }
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    finishWork();
    super.upload(source, sourceOffset, target);
  }

  @Override
  public void download(Tensor source, float[] target, int targetOffset) {
    finishWork();
    super.download(source, target, targetOffset);
  }
}
