package dev.myelin.cuda;

import dev.myelin.CapturedWork;
import java.util.Set;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Operations recorded into a CUDA graph, which one call replays. */
final class CudaGraph implements CapturedWork {
  private final CudaContext context;
  private final CommandQueue queue;
  private final Set<CudaGraph> open;

  /** Null when there is nothing to replay, or nothing any more. */
  private CUgraphExec executable;

  /**
   * @param open the graphs of the backend, which it closes
   * @param executable null when nothing was recorded
   */
  private CudaGraph(
      CudaContext context, CommandQueue queue, Set<CudaGraph> open, CUgraphExec executable) {
    this.context = context;
    this.queue = queue;
    this.open = open;
    this.executable = executable;
    open.add(this);
  }

  /**
   * Runs the work twice: once for the kernels that it needs to be loaded, which cannot be done
   * while recording, and once to record it.
   */
  static CudaGraph of(
      Runnable work,
      CudaContext context,
      CommandQueue queue,
      LaunchMode mode,
      Set<CudaGraph> open) {
    context.enterOutsideOfCapture("capture");
    context.setCapturing(true);
    try {
      mode.setRehearsing(true);
      work.run();
      mode.setRehearsing(false);
      long launchesBefore = mode.launches();
      CUgraph graph = record(work, context, queue);
      boolean isEmpty = mode.launches() == launchesBefore;
      return new CudaGraph(context, queue, open, instantiate(graph, isEmpty, context));
    } finally {
      mode.setRehearsing(false);
      context.setCapturing(false);
    }
  }

  private static CUgraph record(Runnable work, CudaContext context, CommandQueue queue) {
    // The thread may have changed hands of the context since it was entered.
    context.enter();
    context.check(
        "beginning to capture",
        JCudaDriver.cuStreamBeginCapture(
            queue.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    CUgraph graph = new CUgraph();
    try {
      work.run();
    } catch (RuntimeException | Error failure) {
      // The stream must be usable again; what was recorded so far is of no use.
      if (JCudaDriver.cuStreamEndCapture(queue.stream(), graph) == Status.SUCCESS) {
        context.checkRelease("releasing a graph", JCudaDriver.cuGraphDestroy(graph));
      }
      throw failure;
    }
    context.check("ending to capture", JCudaDriver.cuStreamEndCapture(queue.stream(), graph));
    return graph;
  }

  private static CUgraphExec instantiate(CUgraph graph, boolean isEmpty, CudaContext context) {
    try {
      if (isEmpty) {
        return null;
      }
      CUgraphExec executable = new CUgraphExec();
      context.check("making a graph ready", JCudaDriver.cuGraphInstantiate(executable, graph, 0));
      return executable;
    } finally {
      context.checkRelease("releasing a graph", JCudaDriver.cuGraphDestroy(graph));
    }
  }

  @Override
  public void replay() {
    if (!open.contains(this)) {
      throw new IllegalStateException("captured work is replayed after it was closed");
    }
    context.enterOutsideOfCapture("replay");
    if (executable != null) {
      context.check(
          "replaying captured work", JCudaDriver.cuGraphLaunch(executable, queue.stream()));
    }
  }

  @Override
  public void close() {
    if (open.remove(this) && executable != null) {
      context.enterToRelease();
      context.checkRelease("releasing captured work", JCudaDriver.cuGraphExecDestroy(executable));
      executable = null;
    }
  }
}
