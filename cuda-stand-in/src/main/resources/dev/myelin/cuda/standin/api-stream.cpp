// Streams and events.
#include <chrono>

#include "driver.hpp"

using namespace standin;

namespace {

double nowMilliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
Code create(void** handle, unsigned flags) {
  if (flags > 1) return INVALID_VALUE;
  auto made = std::make_unique<Stream>();
  Stream* stream = made.get();
  stream->context = currentContext()->number;
  stream->flags = flags;
  stream->blocking = !(flags & 1);
  stream->number = driver().streams.add(std::move(made));
  *handle = reinterpret_cast<void*>(stream->number);
  return SUCCESS;
}
/** Streams do one piece of work per question, so that a program that polls makes progress, but not at once. */
bool finishesAfterOneMore(Stream& stream) {
  if (stream.queue.empty()) return true;
  runThrough(stream, stream.queue.front().sequence);
  return stream.queue.empty();
}

}  // namespace

DRIVER_API cuStreamCreate(void** stream, unsigned flags) {
  DRIVER_CALL("cuStreamCreate", CONTEXT);
  return create(stream, flags);
}
DRIVER_API cuStreamCreateWithPriority(void** stream, unsigned flags, int) {
  DRIVER_CALL("cuStreamCreateWithPriority", CONTEXT);
  return create(stream, flags);
}
DRIVER_API cuStreamDestroy_v2(void* handle) {
  DRIVER_CALL("cuStreamDestroy", CONTEXT);
  Stream* stream = reinterpret_cast<u64>(handle) > 2 ? streamOf(handle) : nullptr;
  if (!stream) return INVALID_HANDLE;
  drain(*stream);
  driver().streams.remove(handle);
  return SUCCESS;
}
DRIVER_API cuStreamSynchronize(void* handle) {
  DRIVER_CALL("cuStreamSynchronize", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  if (stream->capture) {
    stream->capture->invalid = true;
    return STREAM_CAPTURE_UNSUPPORTED;
  }
  drain(*stream);
  return outcome();
}
DRIVER_API cuStreamQuery(void* handle) {
  DRIVER_CALL("cuStreamQuery", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  if (stream->capture) {
    stream->capture->invalid = true;
    return STREAM_CAPTURE_UNSUPPORTED;
  }
  return finishesAfterOneMore(*stream) ? outcome() : NOT_READY;
}
DRIVER_API cuStreamGetFlags(void* handle, unsigned* flags) {
  DRIVER_CALL("cuStreamGetFlags", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  *flags = stream->flags;
  return SUCCESS;
}
DRIVER_API cuStreamGetCtx(void* handle, void** context) {
  DRIVER_CALL("cuStreamGetCtx", CONTEXT);
  if (!streamOf(handle)) return INVALID_HANDLE;
  *context = currentContext();
  return SUCCESS;
}
DRIVER_API cuLaunchHostFunc(void* handle, void (*function)(void*), void* data) {
  DRIVER_CALL("cuLaunchHostFunc", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  return enqueue(*stream, [=] { function(data); });
}

DRIVER_API cuEventCreate(void** handle, unsigned flags) {
  DRIVER_CALL("cuEventCreate", CONTEXT);
  auto event = std::make_unique<Event>();
  event->context = currentContext()->number;
  event->timing = !(flags & 2);
  *handle = reinterpret_cast<void*>(driver().events.add(std::move(event)));
  return SUCCESS;
}
DRIVER_API cuEventDestroy_v2(void* handle) {
  DRIVER_CALL("cuEventDestroy", CONTEXT);
  if (!owned(driver().events, handle, "event")) return INVALID_HANDLE;
  driver().events.remove(handle);
  return SUCCESS;
}
DRIVER_API cuEventRecord(void* handle, void* streamHandle) {
  DRIVER_CALL("cuEventRecord", CONTEXT);
  Event* event = owned(driver().events, handle, "event");
  Stream* stream = streamOf(streamHandle);
  if (!event || !stream) return INVALID_HANDLE;
  event->stream = stream->number;
  event->capture = stream->capture;
  if (stream->capture) return stream->capture->invalid ? STREAM_CAPTURE_INVALIDATED : SUCCESS;
  event->recorded = true;
  auto reached = std::make_shared<double>(-1);
  event->milliseconds = reached;
  Code code = enqueue(*stream, [reached] { *reached = nowMilliseconds(); });
  event->sequence = stream->last;
  return code;
}
DRIVER_API cuEventSynchronize(void* handle) {
  DRIVER_CALL("cuEventSynchronize", CONTEXT);
  Event* event = owned(driver().events, handle, "event");
  if (!event) return INVALID_HANDLE;
  if (event->capture) return CAPTURED_EVENT;
  Stream* stream = driver().streams.find(event->stream);
  if (event->recorded && stream) runThrough(*stream, event->sequence);
  return outcome();
}
DRIVER_API cuEventQuery(void* handle) {
  DRIVER_CALL("cuEventQuery", CONTEXT);
  Event* event = owned(driver().events, handle, "event");
  if (!event) return INVALID_HANDLE;
  if (event->capture) return CAPTURED_EVENT;
  Stream* stream = driver().streams.find(event->stream);
  if (event->recorded && *event->milliseconds < 0 && stream) {
    finishesAfterOneMore(*stream);
    if (*event->milliseconds < 0 && outcome() == SUCCESS) return NOT_READY;
  }
  return outcome();
}
DRIVER_API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
  DRIVER_CALL("cuEventElapsedTime", CONTEXT);
  Event *first = owned(driver().events, from, "event"), *second = owned(driver().events, to, "event");
  if (!first || !second || !first->timing || !second->timing || !first->recorded || !second->recorded) return INVALID_HANDLE;
  if (first->capture || second->capture) return CAPTURED_EVENT;
  if (*first->milliseconds < 0 || *second->milliseconds < 0) return NOT_READY;
  *milliseconds = float(*second->milliseconds - *first->milliseconds);
  return SUCCESS;
}
DRIVER_API cuStreamWaitEvent(void* handle, void* eventHandle, unsigned) {
  DRIVER_CALL("cuStreamWaitEvent", CONTEXT);
  Stream* stream = streamOf(handle);
  Event* event = owned(driver().events, eventHandle, "event");
  if (!stream || !event) return INVALID_HANDLE;
  if (event->capture) {
    // Waiting for captured work takes a stream into the capture, or joins another one to this.
    if (stream->capture && stream->capture != event->capture) return STREAM_CAPTURE_UNMATCHED;
    if (!stream->capture) stream->joined = false;
    stream->capture = event->capture;
    Stream* recorded = driver().streams.find(event->stream);
    if (recorded && stream->number == event->capture->origin) recorded->joined = true;
    return SUCCESS;
  }
  if (!event->recorded) return SUCCESS;
  Code code = enqueue(*stream, [] {});
  if (!stream->queue.empty()) stream->queue.back().after.push_back({event->stream, event->sequence});
  return code;
}
