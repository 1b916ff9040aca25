package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.CapturedWork;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Bugs planted into the plain backend, one each, with the topic of the suite that must find it. */
enum Mutation {
  MATMUL_IGNORES_ACCUMULATE("matmul", MutantMatrixOps::ignoringAccumulate),
  MATMUL_WRITES_PAST_THE_END("matmul", MutantMatrixOps::writingPastTheEnd),
  MATMUL_READS_STALE_OUTPUT("matmul", MutantMatrixOps::readingStaleOutput),
  MATMUL_FORGETS_THE_LAST_PRODUCT("matmul", MutantMatrixOps::forgettingTheLastProduct),
  MATMUL_WITH_TEN_BIT_MANTISSAS("matmul", MutantMatrixOps::withTenBitMantissas),
  MATMUL_IGNORES_TRANSPOSITION_OF_SQUARES("matmul", MutantMatrixOps::ignoringTransposedSquares),
  MATMUL_SATURATES_INFINITIES("matmul", MutantMatrixOps::saturatingInfinities),
  MATMUL_SKIPS_ZEROS("matmul", MutantMatrixOps::skippingZeros),
  SUM_READS_PAST_THE_END("reductions", MutantMatrixOps::readingPastTheEnd),
  SUM_IN_HALF_PRECISION("reductions", MutantMatrixOps::summingInHalfPrecision),
  SUM_IN_CHANGING_ORDER("reductions", MutantMatrixOps::summingInChangingOrder),
  COUNT_IN_FLOAT("reductions", MutantMatrixOps::countingInFloat),
  ARGMAX_TAKES_THE_LAST_OF_EQUALS("reductions", MutantMatrixOps::takingTheLastOfEquals),
  ARGMAX_IGNORES_NAN("reductions", MutantMatrixOps::ignoringNotANumber),
  SOFTMAX_KEEPS_THE_MAXIMUM("reductions", MutantMatrixOps::keepingTheMaximum),
  SOFTMAX_MODIFIES_ITS_INPUT("reductions", MutantMatrixOps::modifyingItsInput),
  GATHER_IGNORES_THE_START("gathers", MutantMatrixOps::ignoringTheStart),
  LINEAR_IGNORES_BIAS("layers", MutantMatrixOps::ignoringBias),
  LINEAR_KEEPS_Y_AS_Z("layers", MutantMatrixOps::keepingYAsZ),
  LINEAR_OVERWRITES_BIAS_GRADIENTS("layers", MutantMatrixOps::overwritingBiasGradients),
  LINEAR_FORGETS_THE_DERIVATIVE("networks", MutantMatrixOps::forgettingTheDerivative),
  FILL_FORGETS_THE_TAIL("elementwise", MutantElementOps::forgettingTheTail),
  COPY_THROUGH_FLOAT("elementwise", MutantElementOps::copyingThroughFloat),
  BIAS_BY_ROW("elementwise", MutantElementOps::biasByRow),
  SUBTRACT_BROKEN_IN_PLACE("elementwise", MutantElementOps::subtractBrokenInPlace),
  ACTIVATE_BROKEN_IN_PLACE("activations", MutantElementOps::activateBrokenInPlace),
  RELU_HIDES_NAN("activations", MutantElementOps::hidingNotANumber),
  TANH_CANCELS_NEAR_ZERO("activations", MutantElementOps::cancellingNearZero),
  GELU_BY_TANH("goldenValues", MutantElementOps::geluByTanh),
  STEP_FIRES_AT_ZERO("activations", MutantElementOps::firingAtZero),
  SIGN_HIDES_NAN("activations", MutantElementOps::signHidingNotANumber),
  MAXOUT_TAKES_THE_LAST_OF_EQUALS("activations", MutantElementOps::takingTheLastPieceOfEquals),
  MAXOUT_HIDES_NAN("activations", MutantElementOps::maxoutHidingNotANumber),
  MAXOUT_OF_NEIGHBOURS("activations", MutantElementOps::maxoutOfNeighbours),
  SIGMOID_GRADIENT_OFF("activations", MutantElementOps::sigmoidGradientOff),
  DROPOUT_TAKES_ANOTHER_WORD("dropout", MutantElementOps::takingAnotherWord),
  DROPOUT_DOES_NOT_SCALE("dropout", MutantElementOps::notScaling),
  CROSS_ENTROPY_IGNORES_THE_SCALE("losses", MutantElementOps::ignoringTheScale),
  CROSS_ENTROPY_FORGETS_SMOOTHING("losses", MutantElementOps::forgettingSmoothing),
  HUBER_HIDES_NAN("losses", MutantElementOps::huberHidingNotANumber),
  ADAM_WITHOUT_CORRECTION("optimizers", MutantElementOps::withoutCorrection),
  ADAM_COUPLES_THE_DECAY("optimizers", MutantElementOps::couplingTheDecay),
  NESTEROV_AS_PLAIN_MOMENTUM("optimizers", MutantElementOps::nesterovAsPlainMomentum),
  CLIP_SCALES_UP("optimizers", MutantElementOps::clipScalingUp),
  CLIP_SQUARES_OVERFLOW("optimizers", MutantElementOps::clipWithSquaresThatOverflow),
  SUM_DEPENDS_ON_THREADS(
      "determinism",
      (device, options) ->
          new PlainBackend(
              device,
              options,
              options.threads() == 2 ? MutantMatrixOps.summingInChangingOrder() : new PlainOps())),
  MEMORY_IS_NOT_FREED(
      "lifetimes",
      (device, options) ->
          new PlainBackend(device, options, new PlainOps()) {
            @Override
            void freed(long bytes) {}
          }),
  CLOSE_DOES_NOT_WAIT("lifetimes", HastyBackend::new),
  MEMORY_IS_NOT_ZERO(
      "memory",
      (device, options) ->
          new PlainBackend(device, options, new PlainOps()) {
            @Override
            PlainBuffer buffer(DType type, int elements) {
              PlainBuffer buffer = super.buffer(type, elements);
              if (elements > 0) {
                buffer.bits[elements - 1] = 1;
              }
              return buffer;
            }
          }),
  BUDGET_IS_IGNORED(
      "memory",
      (device, options) -> new PlainBackend(device, BackendOptions.DEFAULT, new PlainOps())),
  DOWNLOAD_IGNORES_THE_OFFSET(
      "transfers",
      (device, options) ->
          new PlainBackend(device, options, new PlainOps()) {
            @Override
            public void download(Tensor source, float[] target, int targetOffset) {
              super.download(source, target, 0);
            }
          }),
  CAPTURE_RUNS_AT_ONCE(
      "capture",
      (device, options) ->
          new PlainBackend(device, options, new PlainOps()) {
            @Override
            public CapturedWork capture(Runnable work) {
              work.run();
              return super.capture(work);
            }
          }),
  REPLAY_RUNS_ONCE(
      "capture",
      (device, options) ->
          new PlainBackend(device, options, new PlainOps()) {
            @Override
            public CapturedWork capture(Runnable work) {
              CapturedWork captured = super.capture(work);
              return new CapturedWork() {
                private boolean done;

                @Override
                public void replay() {
                  if (!done) {
                    captured.replay();
                  }
                  done = true;
                }

                @Override
                public void close() {}
              };
            }
          }),
  REFUSES_ANOTHER_RANK(
      "arguments",
      () ->
          new PlainOps() {
            @Override
            public void multiply(Tensor a, Tensor b, Tensor out) {
              if (a.rank() != b.rank()) {
                throw new IllegalArgumentException("another rank");
              }
              super.multiply(a, b, out);
            }
          }),
  REFUSES_IN_PLACE(
      "arguments",
      () ->
          new PlainOps() {
            @Override
            public void activate(Activation f, Tensor z, Tensor y) {
              if (z.offset() == y.offset() && z.buffer().equals(y.buffer())) {
                throw new IllegalArgumentException("in place");
              }
              super.activate(f, z, y);
            }
          });

  private final String topic;

  @SuppressWarnings("ImmutableEnumChecker") // These lambdas hold nothing.
  private final BiFunction<DeviceInfo, BackendOptions, Backend> opener;

  Mutation(String topic, Supplier<Ops> ops) {
    this(topic, (device, options) -> new PlainBackend(device, options, ops.get()));
  }

  Mutation(String topic, BiFunction<DeviceInfo, BackendOptions, Backend> opener) {
    this.topic = topic;
    this.opener = opener;
  }

  /** The method of the suite that must find it. */
  String topic() {
    return topic;
  }

  Backend open(DeviceInfo device, BackendOptions options) {
    return opener.apply(device, options);
  }
}
