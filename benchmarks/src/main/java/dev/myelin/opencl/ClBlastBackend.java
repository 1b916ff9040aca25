package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendProvider;
import dev.myelin.DeviceInfo;
import dev.myelin.Ops;
import dev.myelin.Probe;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jocl.CL;
import org.jocl.blast.CLBlast;
import org.jocl.blast.CLBlastLayout;
import org.jocl.blast.CLBlastTranspose;

/**
 * Our OpenCL backend with CLBlast's matrix product in place of ours: what somebody would have who
 * took CLBlast and wrote the other kernels. CLBlast has no epilogue, so what we fuse into the
 * product (bias, activation, its derivative) is composed of our own kernels here.
 */
public final class ClBlastBackend implements BackendProvider {
  static final String NAME = "clblast";

  private final OpenClBackendProvider openCl = new OpenClBackendProvider();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Probe probe() {
    Probe probe = openCl.probe();
    return probe.isUsable()
        ? Probe.usable(probe.devices().stream().map(device -> renamed(device, NAME)).toList(), "")
        : Probe.unusable(NAME, probe.reason(), probe.remedy());
  }

  @Override
  public Backend open(DeviceInfo device, BackendOptions options) {
    DeviceInfo openClDevice = renamed(device, OpenClBackendProvider.NAME);
    OpenClBackend backend = (OpenClBackend) openCl.open(openClDevice, options);
    Ops ops = ops(backend);
    return proxy(
        Backend.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "ops" -> ops;
              case "device" -> device;
              default -> call(backend, self, method, arguments);
            });
  }

  private static DeviceInfo renamed(DeviceInfo device, String backend) {
    return new DeviceInfo(
        backend,
        device.index(),
        device.name(),
        device.detail(),
        device.memoryBytes(),
        device.preference());
  }

  private static Ops ops(OpenClBackend backend) {
    return proxy(
        Ops.class,
        (self, method, arguments) -> {
          if (!method.getName().equals("matmul")) {
            return call(backend.ops(), self, method, arguments);
          }
          multiply(
              backend.queue(),
              (Tensor) arguments[0],
              (Transpose) arguments[1],
              (Tensor) arguments[2],
              (Transpose) arguments[3],
              (WriteMode) arguments[4],
              (Tensor) arguments[5]);
          return null;
        });
  }

  /** Default methods run on the proxy itself, so that compositions meet CLBlast's product. */
  private static Object call(Object target, Object self, Method method, Object... arguments)
      throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(self, method, arguments);
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static void multiply(
      CommandQueue queue,
      Tensor a,
      Transpose transposeA,
      Tensor b,
      Transpose transposeB,
      WriteMode mode,
      Tensor out) {
    int status =
        CLBlast.CLBlastSgemm(
            CLBlastLayout.CLBlastLayoutRowMajor,
            clBlast(transposeA),
            clBlast(transposeB),
            out.dimension(0),
            out.dimension(1),
            a.dimension(transposeA == Transpose.NO ? 1 : 0),
            1,
            OpenClBuffer.of(a).handle(),
            a.offset(),
            a.dimension(1),
            OpenClBuffer.of(b).handle(),
            b.offset(),
            b.dimension(1),
            mode == WriteMode.ACCUMULATE ? 1 : 0,
            OpenClBuffer.of(out).handle(),
            out.offset(),
            out.dimension(1),
            queue.handle(),
            null);
    if (status != CL.CL_SUCCESS) {
      throw new IllegalStateException("CLBlast's Sgemm into " + out + " failed: " + status);
    }
  }

  private static int clBlast(Transpose transpose) {
    return transpose == Transpose.YES
        ? CLBlastTranspose.CLBlastTransposeYes
        : CLBlastTranspose.CLBlastTransposeNo;
  }
}
