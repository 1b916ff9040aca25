package dev.myelin;

import dev.myelin.Profile.Track;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** Times each call of an {@link Ops}' methods, whichever there are. */
final class ProfiledOps implements InvocationHandler {
  private final Backend backend;
  private final Ops ops;
  private final Profile profile;
  private final Map<Method, Parameter[]> parameters = new HashMap<>();

  /** To make these texts takes longer than a small operation. */
  private final Map<Tensor, String> texts = new WeakHashMap<>();

  private ProfiledOps(Backend backend, Profile profile) {
    this.backend = backend;
    this.ops = backend.ops();
    this.profile = profile;
    for (Method method : Ops.class.getMethods()) {
      parameters.put(method, method.getParameters());
    }
  }

  static Ops of(Backend backend, Profile profile) {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            new ProfiledOps(backend, profile));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() != Ops.class) {
      return call(method, arguments); // toString and its kin
    }
    long beginNanos = profile.nanos();
    call(method, arguments);
    // What an operation takes is known when it is done, not when it is given to the device.
    backend.synchronize();
    write(method, arguments, beginNanos, profile.nanos());
    return null;
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(ops, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }

  private void write(Method method, Object[] arguments, long beginNanos, long endNanos) {
    Parameter[] names = parameters.get(method);
    Map<String, String> tensors = new LinkedHashMap<>();
    long bytes = 0;
    for (int i = 0; i < names.length; i++) {
      if (arguments[i] instanceof Tensor tensor) {
        tensors.put(names[i].getName(), texts.computeIfAbsent(tensor, Tensor::toString));
        bytes += ProfiledBackend.bytes(tensor);
      }
    }
    profile.add(
        Track.OPERATIONS,
        method.getName(),
        beginNanos,
        endNanos,
        bytes,
        Collections.unmodifiableMap(tensors));
  }
}
