// Streams are lazy: work waits in its queue until something waits for it. So a program that reads a result without
// synchronising reads what was there before, every time.
#include "driver.hpp"

namespace standin {

Stream* streamOf(void* handle) {
  Context& context = *currentContext();
  if (reinterpret_cast<u64>(handle) > 2) return owned(driver().streams, handle, "stream");
  if (!context.nullStream) {
    auto made = std::make_unique<Stream>();
    made->context = context.number;
    Stream* stream = made.get();
    stream->number = context.nullStream = driver().streams.add(std::move(made));
  }
  return driver().streams.find(context.nullStream);
}

namespace {

Context& contextOf(const Stream& stream) { return *driver().contexts[stream.context - 1]; }

void execute(Stream& stream, const std::function<void()>& work) {
  Context& context = contextOf(stream);
  if (context.sticky != SUCCESS) return;
  try {
    work();
  } catch (const Fault& fault) {
    context.sticky = fault.code;
    report("fault", fault.what());
  }
}

/** A blocking stream and its context's null stream wait for each other. */
void orderWithNullStream(Stream& stream, Work& work) {
  const Context& context = contextOf(stream);
  if (stream.number == context.nullStream) {
    for (const auto& other : driver().streams.all()) {
      const Stream& s = *other.second;
      if (s.context == stream.context && s.blocking && &s != &stream) work.after.push_back({s.number, s.last});
    }
  } else if (stream.blocking) {
    if (Stream* null = driver().streams.find(context.nullStream)) work.after.push_back({null->number, null->last});
  }
}

}  // namespace

Code enqueue(Stream& stream, std::function<void()> work) {
  if (stream.capture) {
    if (stream.capture->invalid) return STREAM_CAPTURE_INVALIDATED;
    stream.capture->nodes.push_back(std::move(work));
    stream.joined = stream.number == stream.capture->origin;
    return SUCCESS;
  }
  if (stream.number == contextOf(stream).nullStream) {
    for (const auto& other : driver().streams.all()) {
      if (other.second->capture && other.second->blocking && other.second->context == stream.context) {
        other.second->capture->invalid = true;
        return STREAM_CAPTURE_IMPLICIT;
      }
    }
  }
  Work queued;
  queued.sequence = ++driver().sequence;
  queued.run = std::move(work);
  orderWithNullStream(stream, queued);
  stream.last = queued.sequence;
  stream.queue.push_back(std::move(queued));
  if (!driver().settings.lazyStreams) drain(stream);
  return contextOf(stream).sticky;
}

void runThrough(Stream& stream, u64 sequence) {
  while (!stream.queue.empty() && stream.queue.front().sequence <= sequence) {
    Work work = std::move(stream.queue.front());
    stream.queue.pop_front();
    for (const auto& first : work.after) {
      Stream* other = driver().streams.find(first.first);
      if (other && other != &stream) runThrough(*other, first.second);
    }
    execute(stream, work.run);
  }
}
void drain(Stream& stream) { runThrough(stream, ~u64(0)); }
void drainContext(const Context& context) {
  std::vector<Stream*> all;
  for (const auto& stream : driver().streams.all()) {
    if (stream.second->context == context.number) all.push_back(stream.second.get());
  }
  for (Stream* stream : all) drain(*stream);
}

Code refusedByCapture() {
  Code code = SUCCESS;
  for (const auto& entry : driver().streams.all()) {
    Stream& stream = *entry.second;
    if (!stream.capture || stream.capture->mode == 2) continue;
    if (stream.capture->mode == 1 && stream.capture->thread != std::this_thread::get_id()) continue;
    stream.capture->invalid = true;
    code = STREAM_CAPTURE_UNSUPPORTED;
  }
  return code;
}

}  // namespace standin
