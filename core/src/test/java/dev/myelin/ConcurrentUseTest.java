package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Two threads and one backend: in turns they may, at once they are refused by name. */
class ConcurrentUseTest {
  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();
  private final TensorArena arena = new TensorArena(backend, "shared");
  private final Tensor tensor = arena.allocate("tensor", 2);
  private final ExecutorService other =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "the other one"));

  @AfterEach
  void endTheOther() {
    other.shutdownNow();
  }

  /** Does something while the other thread is in the midst of an operation. */
  private void whileTheOtherIsInside(Executable work) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    device.duringOperation =
        () -> {
          inside.countDown();
          try {
            leave.await();
          } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
          }
        };
    Future<?> operation = other.submit(() -> backend.ops().fill(1, tensor));
    inside.await();
    device.duringOperation = () -> {};
    try {
      work.execute();
    } catch (Exception | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    } finally {
      leave.countDown();
      operation.get();
    }
  }

  private List<Executable> uses(CapturedWork captured) {
    return List.of(
        () -> backend.ops().fill(2, tensor),
        () -> backend.upload(new float[2], tensor),
        () -> backend.upload(new float[4], 1, tensor),
        () -> backend.download(tensor, new float[2]),
        () -> backend.synchronize(),
        () -> backend.allocate(DType.F32, 1),
        () -> backend.capture(() -> {}),
        captured::replay,
        captured::close,
        () -> new TensorArena(backend, "late"),
        () -> arena.allocate("late", 1),
        () -> arena.upload("late", new float[1], 1),
        () -> tensor.add(tensor),
        tensor::toFloats,
        arena::close,
        backend::close);
  }

  @Test
  void everyUse_whileAnotherThreadIsInside_isRefused_andReachesNothing() throws Exception {
    CapturedWork captured = backend.capture(() -> backend.ops().fill(3, tensor));
    device.clearLog();
    whileTheOtherIsInside(
        () -> {
          for (Executable use : uses(captured)) {
            String message = assertThrows(ConcurrentUseException.class, use).getMessage();
            assertEquals(
                "device stand-in:0 is used by thread '"
                    + Thread.currentThread().getName()
                    + "' while thread 'the other one' is using it: a backend and its tensors are"
                    + " for one thread at a time. Take turns, or open a backend for each thread",
                message);
          }
          assertEquals(List.of("fill"), device.log(), "what reached the device");
          assertFalse(arena.isClosed());
        });
    for (Executable use : uses(captured)) {
      assertAllowed(use);
    }
    assertTrue(arena.isClosed());
  }

  private static void assertAllowed(Executable use) {
    try {
      use.execute();
    } catch (Throwable refused) {
      throw new AssertionError("refused in turn", refused);
    }
  }

  @Test
  void theCause_showsWhereTheOtherThreadIs() throws Exception {
    whileTheOtherIsInside(
        () -> {
          Throwable cause =
              assertThrows(ConcurrentUseException.class, backend::synchronize).getCause();
          assertEquals("thread 'the other one' is here", cause.getMessage());
          assertTrue(
              Arrays.stream(cause.getStackTrace())
                  .anyMatch(frame -> frame.getMethodName().equals("fill")),
              Arrays.toString(cause.getStackTrace()));
        });
  }

  @Test
  void whatChangesNothing_mayBeAskedAtAnyTime() throws Exception {
    Tensor closed = new TensorArena(backend, "closed").allocate("closed", 1);
    closed.arena().close();
    whileTheOtherIsInside(
        () -> {
          assertEquals(1 << 20, backend.memory().totalBytes());
          assertEquals("stand-in:0", backend.device().id());
          assertEquals(2, tensor.view("view", 0, 2).elements());
          assertFalse(arena.isClosed());
          closed.arena().close();
        });
  }

  @Test
  void aCallThatFails_endsItsTurn() throws Exception {
    RuntimeException failure = new DeviceException("filling", "LOST", "stand-in:0", null);
    device.duringOperation =
        () -> {
          throw failure;
        };
    Ops ops = backend.ops();
    assertSame(failure, assertThrows(DeviceException.class, () -> ops.fill(1, tensor)));
    assertThrows(ShapeMismatchException.class, () -> backend.upload(new float[3], tensor));
    device.duringOperation = () -> {};
    other.submit(() -> ops.fill(1, tensor)).get();
    other.submit(backend::close).get();
    assertThrows(IllegalStateException.class, () -> ops.fill(1, tensor));
  }

  /** Between memory and values there is no moment at which another thread can come in. */
  @Test
  void anUploadThatIsRefused_leavesNoTensor() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    device.clearLog();
    Future<?> disturber =
        other.submit(
            () -> {
              while (!isOver.get()) {
                attempt(backend::synchronize);
              }
            });
    for (int i = 0; i < 50_000; i++) {
      attempt(() -> arena.upload("floats", new float[1], 1));
      attempt(() -> arena.upload("ints", new int[1], 1));
    }
    isOver.set(true);
    disturber.get();
    assertEquals(
        Collections.frequency(device.log(), "allocate 1"),
        Collections.frequency(device.log(), "upload"));
  }

  private static void attempt(Runnable use) {
    try {
      use.run();
    } catch (ConcurrentUseException refused) {
      Thread.onSpinWait();
    }
  }

  @Test
  void callsWithinACall_belongToItsTurn() throws Exception {
    CapturedWork captured =
        backend.capture(
            () -> {
              backend.ops().fill(1, tensor);
              backend.ops().scale(tensor, 2, tensor);
            });
    other.submit(captured::replay).get();
    captured.close();
    other.submit(arena::close).get();
    assertTrue(arena.isClosed());
  }

  /**
   * A method that was forgotten would go past the checks, or past its device's own kernel; tensors
   * that were swapped on the way would give wrong numbers.
   */
  @Test
  void everyOperation_isATurn_andChecked_andGivesOnWhatItIsGiven() throws Exception {
    Turns turns = new Turns("stand-in:0");
    List<List<Object>> reached = new ArrayList<>();
    Ops inside =
        (Ops)
            Proxy.newProxyInstance(
                Ops.class.getClassLoader(),
                new Class<?>[] {Ops.class},
                (proxy, method, arguments) -> {
                  assertFalse(turns.enter(), method.getName() + " is in no turn");
                  reached.add(call(method, arguments));
                  return null;
                });
    TurnTakingOps ops = new TurnTakingOps(inside, turns);
    List<List<Object>> all = new ArrayList<>();
    for (Method method : Ops.class.getMethods()) {
      Class<?>[] types = method.getParameterTypes();
      assertEquals(
          void.class, CheckedOps.class.getDeclaredMethod(method.getName(), types).getReturnType());
      Object[] arguments = distinct(types);
      TurnTakingOps.class.getDeclaredMethod(method.getName(), types).invoke(ops, arguments);
      all.add(call(method, arguments));
    }
    assertEquals(all, reached);
    assertTrue(turns.enter(), "the last turn has not ended");
  }

  private static List<Object> call(Method method, Object[] arguments) {
    List<Object> call = new ArrayList<>(List.of(method.getName()));
    call.addAll(Arrays.asList(arguments));
    return call;
  }

  /**
   * An argument unlike those for the parameters before it: what is swapped arrives at other places.
   *
   * @param before how many parameters of the type come before
   */
  private Object distinct(Class<?> type, int before) {
    if (type == Tensor.class) {
      return arena.allocate("argument " + before, 1);
    }
    if (type == float.class) {
      return 1f + before;
    }
    if (type == long.class) {
      return 1L + before;
    }
    if (type == int.class) {
      return 1 + before;
    }
    if (type == Activation.class || type == ElementLoss.class || type == boolean.class) {
      assertEquals(0, before, "one of its type is known here");
      return type == Activation.class
          ? Activation.TANH
          : type == ElementLoss.class ? ElementLoss.ABSOLUTE_ERROR : (Object) true;
    }
    return type.getEnumConstants()[before];
  }

  private Object[] distinct(Class<?>[] types) {
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      int before = Collections.frequency(Arrays.asList(types).subList(0, i), types[i]);
      arguments[i] = distinct(types[i], before);
    }
    return arguments;
  }
}
