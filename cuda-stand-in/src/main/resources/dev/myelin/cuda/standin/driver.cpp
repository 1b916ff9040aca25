#include "driver.hpp"

#include <cstdlib>

namespace standin {

Driver& driver() {
  static Driver& only = *new Driver();  // never destroyed: threads may call in while the process ends
  return only;
}

std::vector<Context*>& contextStack() {
  static thread_local std::vector<Context*> stack;
  return stack;
}
Context* currentContext() { return contextStack().empty() ? nullptr : contextStack().back(); }

Context& addContext(int device) {
  Driver& d = driver();
  d.contexts.emplace_back(new Context());
  Context& made = *d.contexts.back();
  made.number = u32(d.contexts.size());
  made.device = device;
  return made;
}
Context& primaryContext(int device) {
  Context*& primary = driver().primaries[device];
  if (!primary) primary = &addContext(device);
  return *primary;
}

namespace {

void leak(const Context& context, u32 owner, const std::string& what) {
  if (owner == context.number) driver().leaks.push_back(what);
}

/** What the context's owner did not give back; the driver frees it now. */
void collectLeaks(Context& context) {
  Driver& d = driver();
  for (const auto& a : d.memory.allocations()) {
    bool variable = false;
    for (const auto& module : d.modules.all()) {
      for (const auto& v : module.second->program.variables) variable |= v.second.address == a.first;
    }
    if (variable) continue;
    leak(context, a.second.context, text("device memory of %llu bytes", Count(a.second.bytes)));
  }
  for (const auto& p : d.pinned) {
    leak(context, p.second.context, text("pinned host memory of %llu bytes", Count(p.second.bytes)));
  }
  for (const auto& s : d.streams.all()) {
    if (s.first != context.nullStream) leak(context, s.second->context, "stream");
  }
  for (const auto& e : d.events.all()) leak(context, e.second->context, "event");
  for (const auto& m : d.modules.all()) {
    const auto& functions = m.second->functions;
    leak(context, m.second->context, "module " + (functions.empty() ? "" : functions.begin()->first));
  }
  for (const auto& g : d.graphs.all()) leak(context, g.second->context, "graph");
  for (const auto& g : d.executables.all()) leak(context, g.second->context, "executable graph");
}

}  // namespace

void destroyContext(Context& context) {
  Driver& d = driver();
  drainContext(context);
  collectLeaks(context);
  auto mine = [&](const auto& object) { return object.context == context.number; };
  d.streams.removeIf(mine);
  d.events.removeIf(mine);
  d.functions.removeIf(mine);
  d.modules.removeIf(mine);
  d.graphs.removeIf(mine);
  d.executables.removeIf(mine);
  std::vector<u64> freed;
  for (const auto& a : d.memory.allocations()) {
    if (a.second.context == context.number) freed.push_back(a.first);
  }
  for (u64 address : freed) release(address);
  for (auto p = d.pinned.begin(); p != d.pinned.end();) {
    if (p->second.context == context.number) {
      if (p->second.owned) free(reinterpret_cast<void*>(p->first));
      p = d.pinned.erase(p);
    } else {
      ++p;
    }
  }
  context.alive = false;
  context.references = 0;
  context.sticky = SUCCESS;
  context.nullStream = 0;
}

void reset() {
  Driver& d = driver();
  for (auto& context : d.contexts) {
    if (context->alive) {
      for (auto& stream : d.streams.all()) stream.second->queue.clear();
      destroyContext(*context);
    }
  }
  d.settings = Settings();
  d.initialised = false;
  d.peakBytes = 0;
  d.reports.clear();
  d.reported.clear();
  d.leaks.clear();
  d.calls.clear();
  d.callCount = d.allocationCount = 0;
  d.injections.clear();
  d.failingAllocation = 0;
  d.statistics = Statistics();
}

void report(const std::string& kind, const std::string& text) {
  // One kernel run often says the same thing often: each is kept once.
  if (driver().reported.insert(kind + text).second) driver().reports.push_back({kind, text});
}

namespace {

/** Errors after which a context takes no more work. */
bool isSticky(Code code) {
  constexpr int UNCORRECTABLE_ECC = 214, ASSERT = 710;
  if (code == HOST_MEMORY_ALREADY_REGISTERED || code == HOST_MEMORY_NOT_REGISTERED) return false;
  return code == ILLEGAL_ADDRESS || code == LAUNCH_TIMEOUT || code == UNCORRECTABLE_ECC ||
         (code >= ASSERT && code <= LAUNCH_FAILED);
}

Code injected(const std::string& name) {
  std::vector<Injection>& all = driver().injections;
  for (size_t index = 0; index < all.size(); index++) {
    Injection& injection = all[index];
    if (!injection.name.empty() && injection.name != name) continue;
    if (--injection.countdown > 0) continue;
    Code code = injection.code;
    all.erase(all.begin() + s64(index));
    return code;
  }
  return SUCCESS;
}

}  // namespace

Call::Call(const char* name, Needs needs) : guard_(driver().lock), code_(begin(name, needs)) {}

Code Call::begin(const char* name, Needs needs) {
  Driver& d = driver();
  d.callCount++;
  d.calls[name]++;
  Code forced = injected(name);
  Context* current = currentContext();
  if (forced != SUCCESS) {
    if (isSticky(forced) && current && current->alive) current->sticky = forced;
    return forced;
  }
  if (needs == NOTHING) return SUCCESS;
  if (!d.initialised) return NOT_INITIALIZED;
  if (needs == INITIALISED) return SUCCESS;
  if (!current) return INVALID_CONTEXT;
  return current->alive ? current->sticky : CONTEXT_IS_DESTROYED;
}

Code outcome() { return currentContext() ? currentContext()->sticky : SUCCESS; }

}  // namespace standin
