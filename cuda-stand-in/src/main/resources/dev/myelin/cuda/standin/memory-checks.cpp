// The checks behind every access of memory, lane by lane: inside one allocation, aligned, written before read, ordered
// against other threads. memory-access.cpp has the quick way for accesses that are plainly in order.
#include "memory-checks.hpp"

namespace standin {

void fault(Code code, const Warp& w, const Instruction& i, u32 lane, const char* what, u64 address) {
  throw Fault(code, text("%s at 0x%llx: ", what, Count(address)) + where(w, i, lane));
}

namespace {

void reportRace(const Access& access, const char* kind, Stamp other) {
  const Epochs& epochs = access.epochs;
  std::string by = sharersOf(other) == SEVERAL_BLOCKS || epochOf(other) < epochs.blockStart
                       ? std::string("another block")
                       : text("thread %d", int(other & THREAD_MASK));
  access.report("race", text("%s %s race: ", access.spaceName(), kind), " against " + by);
}
void reportInFlight(const Access& access, const char* what) {
  access.report("async", text("%s of %s memory that an asynchronous copy still writes (no wait): ", what, access.spaceName()));
}

}  // namespace

Access::Access(Warp& warp, const Instruction& instruction, u32 lane, bool shared, AccessShadow& shadow)
    : warp(warp), instruction(instruction), lane(lane), shared(shared), shadow(shadow), epochs(warp.block->epochs) {
  // Each block has shared memory of its own: what was before the block counts for nothing.
  if (shared) epochs.launchStart = epochs.blockStart;
  mine = stampOf(epochs.now, warp.phase, warp.thread(lane));
}
void Access::report(const char* kind, const std::string& what, const std::string& end) const {
  warp.block->grid->report(kind, instruction.line, what + where(warp, instruction, lane) + end);
}

void checkRead(const Access& access, u64 index) {
  Granule& granule = access.shadow.granules[index];
  const Epochs& epochs = access.epochs;
  if (granule.written == IN_FLIGHT) {
    reportInFlight(access, "read");
  } else if (access.shared && epochOf(granule.written) < epochs.blockStart) {
    access.report("uninitialised", "read of shared memory that nothing has written: ");
    granule.written = stampOf(epochs.blockStart, 0, 0);  // said once
  } else if (races(granule.written, access.mine, epochs)) {
    reportRace(access, "write-read", granule.written);
  }
  granule.read = withRead(granule.read, access.mine, epochs);
}

void checkWrite(const Access& access, u64 index) {
  Granule& granule = access.shadow.granules[index];
  if (granule.written == IN_FLIGHT) {
    reportInFlight(access, "write");
  } else if (races(granule.written, access.mine, access.epochs)) {
    reportRace(access, "write-write", granule.written);
  }
  if (races(granule.read, access.mine, access.epochs)) reportRace(access, "read-write", granule.read);
  granule.written = access.mine;
  if (!access.shadow.readOnlyEpoch.empty() && access.shadow.readOnlyEpoch[index] >= access.epochs.launchStart) {
    access.report("read-only", "write to memory that this launch reads through ld.global.nc (a const __restrict__ pointer "
                               "that has an alias): ");
  }
}

void checkReadOnly(const Access& access, u64 index) {
  if (epochOf(access.shadow.granules[index].written) >= access.epochs.launchStart) {
    access.report("read-only", "ld.global.nc of memory written in this launch: ");
  }
  access.shadow.readOnlyEpoch[index] = access.epochs.now;
  checkRead(access, index);
}

namespace {

void checkGranules(const Access& access, u64 start, u32 bytes, bool write) {
  const bool readOnly = access.instruction.flag && !write && !access.shared;
  AccessShadow& shadow = access.shadow;
  if (readOnly && shadow.readOnlyEpoch.empty()) shadow.readOnlyEpoch.resize(shadow.granules.size());
  for (u64 index = start >> shadow.granuleShift; index <= (start + bytes - 1) >> shadow.granuleShift; index++) {
    if (write) {
      checkWrite(access, index);
    } else if (readOnly) {
      checkReadOnly(access, index);
    } else {
      checkRead(access, index);
    }
  }
}

}  // namespace

u8* globalAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  Allocation* holder = w.block->grid->memory->find(address);
  if (!holder || address + bytes > holder->base + holder->bytes) {
    fault(ILLEGAL_ADDRESS, w, i, lane, write ? "global write out of bounds" : "global read out of bounds", address);
  }
  if (holder->context != w.block->grid->context) {
    fault(ILLEGAL_ADDRESS, w, i, lane, "access to memory of another context", address);
  }
  const u64 start = address - holder->base;
  if (w.block->grid->checks.races) {
    holder->shadow.cover(holder->bytes, w.block->grid->kernel->granuleShift);
    checkGranules(Access(w, i, lane, false, holder->shadow), start, bytes, write);
  }
  return holder->host.get() + start;
}

u8* sharedAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  Block& block = *w.block;
  if (address + bytes > block.shared.size() || address > block.shared.size()) {
    fault(ILLEGAL_ADDRESS, w, i, lane, write ? "shared write out of bounds" : "shared read out of bounds", address);
  }
  if (block.grid->checks.races) checkGranules(Access(w, i, lane, true, block.shadow), address, bytes, write);
  return block.shared.data() + address;
}

Space resolved(Space space, u64& address) {
  if (space != Space::GENERIC) return space == Space::CONST ? Space::GLOBAL : space;
  if (address - SHARED_WINDOW < WINDOW_BYTES) return address -= SHARED_WINDOW, Space::SHARED;
  if (address - LOCAL_WINDOW < WINDOW_BYTES) return address -= LOCAL_WINDOW, Space::LOCAL;
  return Space::GLOBAL;
}

u8* hostAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  if (address % bytes) fault(MISALIGNED_ADDRESS, w, i, lane, "misaligned access", address);
  switch (resolved(i.space, address)) {
    case Space::SHARED: return sharedAt(w, i, lane, address, bytes, write);
    case Space::LOCAL: {
      const u32 size = w.block->grid->kernel->localBytes;
      if (address + bytes > size) fault(ILLEGAL_ADDRESS, w, i, lane, "local access out of bounds", address);
      return w.local.data() + size_t(lane) * size + address;
    }
    case Space::PARAM: {
      std::vector<u8>& parameters = w.block->grid->parameters;
      if (write || address + bytes > parameters.size()) {
        fault(ILLEGAL_ADDRESS, w, i, lane, "parameter access out of bounds", address);
      }
      return parameters.data() + address;
    }
    default: return globalAt(w, i, lane, address, bytes, write);
  }
}

u8* uncheckedAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes) {
  Checks& checks = w.block->grid->checks;
  const Checks kept = checks;
  checks.races = false;
  u8* host = hostAt(w, i, lane, address, bytes, true);
  checks = kept;
  return host;
}

void addressesOf(const Warp& w, Slot base, u32 width, s64 offset, u64* addresses) {
  if (base < 0) {
    for (int lane = 0; lane < 32; lane++) addresses[lane] = u64(offset);
  } else if (width == 4) {
    const u32* start = w.lanes<u32>(base);
    for (int lane = 0; lane < 32; lane++) addresses[lane] = u32(start[lane] + u32(offset));
  } else {
    const u64* start = w.lanes<u64>(base);
    for (int lane = 0; lane < 32; lane++) addresses[lane] = start[lane] + u64(offset);
  }
}

}  // namespace standin
