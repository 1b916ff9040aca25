// The driver's state behind the API: devices, contexts, and what belongs to a context. All calls run under one lock.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "device-memory.hpp"
#include "program.hpp"
#include "warp.hpp"

#define DRIVER_API extern "C" __attribute__((visibility("default"))) int

namespace standin {

/** What a test can set; see StandInDriver.java. */
struct Settings {
  u64 memoryBytes = u64(1) << 30;
  int capabilityMajor = 9, capabilityMinor = 0, driverVersion = 13000, devices = 1;
  bool lazyStreams = true;
  u64 instructionLimit = u64(4) << 30;
  Checks checks;
};

/** What a block may have of shared memory. Source: CUDA C++ Programming Guide, "Technical Specifications per Compute Capability". */
inline int mostSharedBytes(const Settings& s) {
  switch (s.capabilityMajor * 10 + s.capabilityMinor) {
    case 75: return 64 << 10;
    case 80: case 87: return 163 << 10;
    case 86: case 89: case 120: case 121: return 99 << 10;
    default: return 227 << 10;
  }
}

struct Stream;
/** A piece of work in a stream's queue, and the work of other streams that comes first. */
struct Work {
  u64 sequence = 0;
  std::function<void()> run;
  std::vector<std::pair<u64, u64>> after;  // stream's number, sequence
};

/** A capture under way, and the graph that it becomes. */
struct Capture {
  std::vector<std::function<void()>> nodes;
  u64 origin = 0;  // the stream's number
  int mode = 0;    // 0 global, 1 thread-local, 2 relaxed
  std::thread::id thread;
  bool invalid = false;
};
struct Graph {
  u32 context;
  std::vector<std::function<void()>> nodes;
};
struct ExecutableGraph : Graph {};

struct Stream {
  u64 number = 0;
  u32 context = 0;
  bool blocking = true;  // waits for the null stream, and the null stream for it
  unsigned flags = 0;
  std::deque<Work> queue;
  u64 last = 0;  // sequence of what was put in last
  std::shared_ptr<Capture> capture;
  bool joined = true;  // of a captured stream other than the origin: the origin waits for all of it
};

struct Event {
  u32 context = 0;
  bool timing = true;
  u64 stream = 0, sequence = 0;
  bool recorded = false;
  std::shared_ptr<double> milliseconds;  // when it was reached; empty until then
  std::shared_ptr<Capture> capture;
};

struct LoadedModule;
struct Function {
  u32 context;
  LoadedModule* module;
  const Kernel* kernel;
  int dynamicSharedLimit = 48 << 10;
};
struct LoadedModule {
  u32 context;
  Module program;
  std::map<std::string, u64> functions;  // handles
};

struct Context {
  u32 number = 0;
  int device = 0;
  bool alive = false;
  int references = 0;
  Code sticky = SUCCESS;
  u64 nullStream = 0;
};

struct PinnedRange {
  u64 bytes;
  u32 context;
  bool owned;  // allocated here, not registered
};

/** Objects by handle. A handle is a number that no other object ever gets, so that a stale one is never taken for good. */
template <class T> class Handles {
 public:
  u64 add(std::unique_ptr<T> object) {
    u64 handle = next();
    objects_[handle] = std::move(object);
    return handle;
  }
  T* find(const void* handle) const { return find(reinterpret_cast<u64>(handle)); }
  T* find(u64 handle) const {
    auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : found->second.get();
  }
  bool remove(const void* handle) { return objects_.erase(reinterpret_cast<u64>(handle)) == 1; }
  template <class F> void removeIf(F&& unwanted) {
    for (auto at = objects_.begin(); at != objects_.end();) at = unwanted(*at->second) ? objects_.erase(at) : std::next(at);
  }
  const std::map<u64, std::unique_ptr<T>>& all() const { return objects_; }
  void clear() { objects_.clear(); }

 private:
  static u64 next() {
    static u64 last = 0x5700000000ull;
    return last += 16;
  }
  std::map<u64, std::unique_ptr<T>> objects_;
};

/** A failure that a test asked for. */
struct Injection {
  std::string name;  // of the call; empty: any
  s64 countdown = 0;
  Code code = SUCCESS;
};

struct Driver {
  std::recursive_mutex lock;
  Settings settings;
  bool initialised = false;
  DeviceMemory memory;
  std::map<int, u64> usedBytes;  // per device
  u64 peakBytes = 0;
  std::vector<std::unique_ptr<Context>> contexts;  // by number - 1; never removed, so that stale handles are known
  std::map<int, Context*> primaries;               // by device
  Handles<Stream> streams;
  Handles<Event> events;
  Handles<LoadedModule> modules;
  Handles<Function> functions;
  Handles<Graph> graphs;
  Handles<ExecutableGraph> executables;
  std::map<u64, PinnedRange> pinned;
  u64 sequence = 0, epoch = 0;
  std::vector<Report> reports;
  std::set<std::string> reported;
  std::vector<std::string> leaks;
  std::map<std::string, u64> calls;
  u64 callCount = 0, allocationCount = 0;
  std::vector<Injection> injections;
  s64 failingAllocation = 0;  // 1: the next; 0: none
  Statistics statistics;
};

Driver& driver();
void reset();

/** The context that the calling thread has made current, or null. */
Context* currentContext();
std::vector<Context*>& contextStack();
Context& addContext(int device);
Context& primaryContext(int device);
void destroyContext(Context& context);

void report(const std::string& kind, const std::string& text);

/**
 * The beginning of an API function: takes the lock, counts the call, and refuses it when a test asked for a failure, the
 * driver is not initialised, no usable context is current, or an earlier error has made the context unusable.
 */
class Call {
 public:
  enum Needs { NOTHING, INITIALISED, CONTEXT };
  Call(const char* name, Needs needs);
  bool refused() const { return code_ != SUCCESS; }
  Code code() const { return code_; }

 private:
  Code begin(const char* name, Needs needs);
  std::lock_guard<std::recursive_mutex> guard_;
  Code code_;
};
#define DRIVER_CALL(name, needs)             \
  ::standin::Call call(name, Call::needs);   \
  if (call.refused()) return call.code()

/** An object of the current context by its handle, or null; a foreign context's is reported. */
template <class T> T* owned(const Handles<T>& handles, const void* handle, const char* what) {
  T* object = handles.find(handle);
  if (!object || object->context == currentContext()->number) return object;
  report("context", std::string(what) + " belongs to another context than the current one");
  return nullptr;
}

// Streams, in streams.cpp.
/** The stream behind a handle; null, 1 and 2 are the null stream. */
Stream* streamOf(void* handle);
/** Puts work into a stream, or into the graph that it captures. */
Code enqueue(Stream& stream, std::function<void()> work);
/** Runs a stream's work up to a sequence number, and what that depends on. */
void runThrough(Stream& stream, u64 sequence);
void drain(Stream& stream);
void drainContext(const Context& context);
/** What the current context's work has led to. */
Code outcome();
/** The code with which a call is refused that no capture allows; it ends the captures under way. */
Code refusedByCapture();

// Memory, in api-memory.cpp.
Code allocate(u64* address, u64 bytes);
Code release(u64 address);

}  // namespace standin
