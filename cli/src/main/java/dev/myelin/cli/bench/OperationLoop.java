package dev.myelin.cli.bench;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.random.Philox;
import java.util.function.Function;

/** Calls one operation again and again, on tensors of its own, and waits at the end. */
final class OperationLoop implements Contender {
  private final Backend backend;
  private final TensorArena arena;
  private final Runnable operation;

  /**
   * @param prepare makes the tensors and returns what is to be timed
   */
  OperationLoop(Backend backend, Function<Tensors, Runnable> prepare) {
    this.backend = backend;
    this.arena = new TensorArena(backend, "benchmark");
    try {
      this.operation = prepare.apply(new Tensors(arena));
    } catch (RuntimeException | Error failure) {
      arena.close();
      throw failure;
    }
  }

  @Override
  public String name() {
    return backend.device().id();
  }

  @Override
  public void run(int repetitions) {
    for (int i = 0; i < repetitions; i++) {
      operation.run();
    }
    backend.synchronize();
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Tensors with something in them. */
  static final class Tensors {
    private final TensorArena arena;
    private int made;

    private Tensors(TensorArena arena) {
      this.arena = arena;
    }

    Backend backend() {
      return arena.backend();
    }

    Ops ops() {
      return arena.backend().ops();
    }

    Tensor zeros(int... shape) {
      return arena.allocate("zeros" + made++, shape);
    }

    /** Evenly spread over (-1, 1), others for each tensor. */
    Tensor random(int... shape) {
      int count = 1;
      for (int size : shape) {
        count *= size;
      }
      return arena.upload("random" + made, randomValues(made++, count), shape);
    }

    Tensor labels(int count, int classes) {
      Philox random = new Philox(1, made);
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = random.nextInt(classes);
      }
      Tensor tensor = arena.allocate("labels" + made++, DType.I32, count);
      arena.backend().upload(labels, tensor);
      return tensor;
    }

    static float[] randomValues(long stream, int count) {
      Philox random = new Philox(1, stream);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = random.nextInt() * 0x1p-31f;
      }
      return values;
    }
  }
}
