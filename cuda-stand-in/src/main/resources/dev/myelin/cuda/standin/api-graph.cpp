// Stream capture and graphs. A graph is the list of captured work in the order of its capture, which respects all
// dependencies; node by node construction and editing of graphs are not stood in for.
#include "driver.hpp"

using namespace standin;

DRIVER_API cuStreamBeginCapture_v2(void* handle, int mode) {
  DRIVER_CALL("cuStreamBeginCapture", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  if (mode < 0 || mode > 2) return INVALID_VALUE;
  if (stream->number == currentContext()->nullStream) return STREAM_CAPTURE_UNSUPPORTED;
  if (stream->capture) return ILLEGAL_STATE;
  auto capture = std::make_shared<Capture>();
  capture->origin = stream->number;
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  stream->capture = capture;
  return SUCCESS;
}
DRIVER_API cuStreamEndCapture(void* handle, void** graph) {
  DRIVER_CALL("cuStreamEndCapture", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  if (graph) *graph = nullptr;
  std::shared_ptr<Capture> capture = stream->capture;
  if (!capture) return ILLEGAL_STATE;
  if (capture->origin != stream->number) return STREAM_CAPTURE_UNMATCHED;
  if (capture->mode != 2 && capture->thread != std::this_thread::get_id()) {
    capture->invalid = true;
    return STREAM_CAPTURE_WRONG_THREAD;
  }
  bool joined = true;
  for (const auto& other : driver().streams.all()) {
    if (other.second->capture != capture) continue;
    joined &= other.second.get() == stream || other.second->joined;
    other.second->capture = nullptr;
    other.second->joined = true;
  }
  if (capture->invalid) return STREAM_CAPTURE_INVALIDATED;
  if (!joined) return STREAM_CAPTURE_UNJOINED;
  auto made = std::make_unique<Graph>();
  made->context = currentContext()->number;
  made->nodes = std::move(capture->nodes);
  *graph = reinterpret_cast<void*>(driver().graphs.add(std::move(made)));
  return SUCCESS;
}
DRIVER_API cuStreamIsCapturing(void* handle, int* status) {
  DRIVER_CALL("cuStreamIsCapturing", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  *status = !stream->capture ? 0 : stream->capture->invalid ? 2 : 1;
  return SUCCESS;
}
DRIVER_API cuGraphGetNodes(void* handle, void** nodes, size_t* count) {
  DRIVER_CALL("cuGraphGetNodes", CONTEXT);
  Graph* graph = owned(driver().graphs, handle, "graph");
  if (!graph) return INVALID_HANDLE;
  for (size_t index = 0; nodes && index < *count && index < graph->nodes.size(); index++) nodes[index] = &graph->nodes[index];
  *count = graph->nodes.size();
  return SUCCESS;
}
DRIVER_API cuGraphInstantiateWithFlags(void** executable, void* handle, unsigned long long) {
  DRIVER_CALL("cuGraphInstantiate", CONTEXT);
  Graph* graph = owned(driver().graphs, handle, "graph");
  if (!graph) return INVALID_HANDLE;
  auto made = std::make_unique<ExecutableGraph>();
  made->context = graph->context;
  made->nodes = graph->nodes;
  *executable = reinterpret_cast<void*>(driver().executables.add(std::move(made)));
  return SUCCESS;
}
DRIVER_API cuGraphLaunch(void* handle, void* streamHandle) {
  DRIVER_CALL("cuGraphLaunch", CONTEXT);
  ExecutableGraph* graph = owned(driver().executables, handle, "executable graph");
  Stream* stream = streamOf(streamHandle);
  if (!graph || !stream) return INVALID_HANDLE;
  return enqueue(*stream, [nodes = graph->nodes] {
    for (const auto& node : nodes) node();
  });
}
DRIVER_API cuGraphUpload(void* handle, void* streamHandle) {
  DRIVER_CALL("cuGraphUpload", CONTEXT);
  return owned(driver().executables, handle, "executable graph") && streamOf(streamHandle) ? SUCCESS : INVALID_HANDLE;
}
DRIVER_API cuGraphExecDestroy(void* handle) {
  DRIVER_CALL("cuGraphExecDestroy", CONTEXT);
  if (!owned(driver().executables, handle, "executable graph")) return INVALID_HANDLE;
  driver().executables.remove(handle);
  return SUCCESS;
}
DRIVER_API cuGraphDestroy(void* handle) {
  DRIVER_CALL("cuGraphDestroy", CONTEXT);
  if (!owned(driver().graphs, handle, "graph")) return INVALID_HANDLE;
  driver().graphs.remove(handle);
  return SUCCESS;
}
