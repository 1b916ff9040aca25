// ld, st, ldmatrix, and the checks behind every access: inside one allocation, aligned, written before read, ordered.
#include <algorithm>

#include "arithmetic.hpp"

namespace standin {
namespace {

enum Extension : u8 { ZEROS, SIGN };

[[noreturn]] void fault(Code code, const Warp& w, const Instruction& i, u32 lane, const char* what, u64 address) {
  throw Fault(code, text("%s at 0x%llx: ", what, static_cast<unsigned long long>(address)) + where(w, i, lane));
}

/** A race of one granule's access, as a report. */
void reportRace(Warp& w, const Instruction& i, u32 lane, const char* space, const char* kind, Stamp other, const Epochs& epochs) {
  std::string by = sharersOf(other) == SEVERAL_BLOCKS || epochOf(other) < epochs.blockStart
                       ? std::string("another block")
                       : text("thread %d", int(other & THREAD_MASK));
  w.block->grid->report("race", i.line, text("%s %s race: ", space, kind) + where(w, i, lane) + " against " + by);
}

void checkRead(Warp& w, const Instruction& i, u32 lane, const char* space, Granule& granule, Stamp mine, const Epochs& epochs) {
  if (granule.written == IN_FLIGHT) {
    w.block->grid->report("async", i.line, text("read of %s memory that an asynchronous copy still writes (no wait): ", space) +
                                       where(w, i, lane));
    granule.written = 0;
  } else if (races(granule.written, mine, epochs)) {
    reportRace(w, i, lane, space, "write-read", granule.written, epochs);
  }
  granule.read = withRead(granule.read, mine, epochs);
}
void checkWrite(Warp& w, const Instruction& i, u32 lane, const char* space, Granule& granule, Stamp mine, const Epochs& epochs) {
  if (granule.written == IN_FLIGHT) {
    w.block->grid->report("async", i.line, text("write to %s memory that an asynchronous copy still writes (no wait): ", space) +
                                       where(w, i, lane));
  } else if (races(granule.written, mine, epochs)) {
    reportRace(w, i, lane, space, "write-write", granule.written, epochs);
  }
  if (races(granule.read, mine, epochs)) reportRace(w, i, lane, space, "read-write", granule.read, epochs);
  granule.written = mine;
}

void checkGlobal(Warp& w, const Instruction& i, u32 lane, Allocation& holder, u64 start, u32 bytes, bool write) {
  AccessShadow& shadow = holder.shadow;
  shadow.cover(holder.bytes, w.block->grid->kernel->granuleShift);
  const Epochs& epochs = w.block->epochs;
  Stamp mine = stampOf(epochs.now, w.phase, w.thread(lane));
  bool readOnly = i.flag && !write;
  if (readOnly && shadow.readOnlyEpoch.empty()) shadow.readOnlyEpoch.resize(shadow.granules.size());
  for (u64 at = start >> shadow.granuleShift; at <= (start + bytes - 1) >> shadow.granuleShift; at++) {
    Granule& granule = shadow.granules[at];
    if (write) {
      checkWrite(w, i, lane, "global", granule, mine, epochs);
      if (!shadow.readOnlyEpoch.empty() && shadow.readOnlyEpoch[at] >= epochs.launchStart) {
        w.block->grid->report("read-only", i.line, "write to memory that this launch reads through ld.global.nc "
                                           "(a const __restrict__ pointer that has an alias): " + where(w, i, lane));
      }
    } else {
      checkRead(w, i, lane, "global", granule, mine, epochs);
      if (readOnly) {
        if (epochOf(granule.written) >= epochs.launchStart) {
          w.block->grid->report("read-only", i.line, "ld.global.nc of memory written in this launch: " + where(w, i, lane));
        }
        shadow.readOnlyEpoch[at] = epochs.now;
      }
    }
  }
}

void checkShared(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  Block& block = *w.block;
  // Each block has shared memory of its own: what was before the block counts for nothing.
  const Epochs epochs{block.epochs.blockStart, block.epochs.blockStart, block.epochs.now};
  Stamp mine = stampOf(block.epochs.now, w.phase, w.thread(lane));
  const int shift = block.shadow.granuleShift;
  for (u64 at = address >> shift; at <= (address + bytes - 1) >> shift; at++) {
    Granule& granule = block.shadow.granules[at];
    if (write) {
      checkWrite(w, i, lane, "shared", granule, mine, epochs);
      continue;
    }
    if (epochOf(granule.written) < block.epochs.blockStart) {
      block.grid->report("uninitialised", i.line, "read of shared memory that nothing has written: " + where(w, i, lane));
      granule.written = stampOf(block.epochs.blockStart, 0, w.thread(lane));
    }
    checkRead(w, i, lane, "shared", granule, mine, epochs);
  }
}

Space resolved(Space space, u64& address) {
  if (space != Space::GENERIC) return space == Space::CONST ? Space::GLOBAL : space;
  if (address - SHARED_WINDOW < WINDOW_BYTES) return address -= SHARED_WINDOW, Space::SHARED;
  if (address - LOCAL_WINDOW < WINDOW_BYTES) return address -= LOCAL_WINDOW, Space::LOCAL;
  return Space::GLOBAL;
}

u8* localAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes) {
  u32 size = w.block->grid->kernel->localBytes;
  if (address + bytes > size) fault(ILLEGAL_ADDRESS, w, i, lane, "local access out of bounds", address);
  return w.local.data() + size_t(lane) * size + address;
}

u8* at(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  if (address % bytes) fault(MISALIGNED_ADDRESS, w, i, lane, "misaligned access", address);
  switch (resolved(i.space, address)) {
    case Space::SHARED: return sharedAt(w, i, lane, address, bytes, write);
    case Space::LOCAL: return localAt(w, i, lane, address, bytes);
    case Space::PARAM: {
      std::vector<u8>& parameters = w.block->grid->parameters;
      if (write || address + bytes > parameters.size()) fault(ILLEGAL_ADDRESS, w, i, lane, "parameter access out of bounds", address);
      return parameters.data() + address;
    }
    default: return globalAt(w, i, lane, address, bytes, write);
  }
}

/** Host memory of all active lanes' accesses. */
void locate(Warp& w, const Instruction& i, u32 mask, u32 bytes, bool write, u8** hosts) {
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  if (w.block->grid->checks.statistics) countAccess(w, i, mask, addresses, write);
  for (u32 rest = mask; rest; rest &= rest - 1) {
    u32 lane = u32(__builtin_ctz(rest));
    hosts[lane] = at(w, i, lane, addresses[lane], bytes, write);
  }
}

template <class Memory, class Register> void load(Warp& w, const Instruction& i, u32 mask) {
  u8* hosts[32];
  locate(w, i, mask, u32(sizeof(Memory)) * i.count, false, hosts);
  for (u32 element = 0; element < i.count; element++) {
    Register* d = w.lanes<Register>(i.list[element]);
    eachLane(mask, [&](int lane) {
      Memory value;
      memcpy(&value, hosts[lane] + element * sizeof(Memory), sizeof value);
      d[lane] = Register(value);
    });
  }
}
template <class Memory, class Register> void store(Warp& w, const Instruction& i, u32 mask) {
  u8* hosts[32];
  locate(w, i, mask, u32(sizeof(Memory)) * i.count, true, hosts);
  for (u32 element = 0; element < i.count; element++) {
    const Register* source = w.lanes<Register>(i.list[element]);
    for (u32 rest = mask; rest; rest &= rest - 1) {
      int lane = __builtin_ctz(rest);
      Memory value = Memory(source[lane]);
      memcpy(hosts[lane] + element * sizeof(Memory), &value, sizeof value);
    }
  }
}

template <template <class, class> class Access, class Memory> Handler byRegister(u32 registerBytes) {
  if constexpr (std::is_signed<Memory>::value) {
    return registerBytes == 2   ? static_cast<Handler>(Access<Memory, s16>::run)
           : registerBytes == 4 ? static_cast<Handler>(Access<Memory, s32>::run)
                                : static_cast<Handler>(Access<Memory, s64>::run);
  } else {
    return registerBytes == 2   ? static_cast<Handler>(Access<Memory, u16>::run)
           : registerBytes == 4 ? static_cast<Handler>(Access<Memory, u32>::run)
                                : static_cast<Handler>(Access<Memory, u64>::run);
  }
}
template <class Memory, class Register> struct Load {
  static void run(Warp& w, const Instruction& i, u32 mask) { load<Memory, Register>(w, i, mask); }
};
template <class Memory, class Register> struct Store {
  static void run(Warp& w, const Instruction& i, u32 mask) { store<Memory, Register>(w, i, mask); }
};
template <template <class, class> class Access> Handler accessHandler(Type type, u32 registerBytes) {
  switch (bytesOf(type)) {
    case 1: return isSigned(type) ? byRegister<Access, s8>(registerBytes) : byRegister<Access, u8>(registerBytes);
    case 2: return isSigned(type) ? byRegister<Access, s16>(registerBytes) : byRegister<Access, u16>(registerBytes);
    case 4: return isSigned(type) ? byRegister<Access, s32>(registerBytes) : byRegister<Access, u32>(registerBytes);
    case 8: return byRegister<Access, u64>(registerBytes);
    default: return nullptr;
  }
}

Space spaceOf(Decoding& decoding) {
  if (decoding.has("global")) return Space::GLOBAL;
  if (decoding.has("shared") || decoding.has("shared::cta")) return Space::SHARED;
  if (decoding.has("local")) return Space::LOCAL;
  if (decoding.has("param") || decoding.has("param::entry")) return Space::PARAM;
  return decoding.has("const") ? Space::CONST : Space::GENERIC;
}

void decodeAccess(Decoding& decoding) {
  decoding.need(2);
  Instruction& i = decoding.instruction;
  const bool loading = decoding.name() != "st";
  i.space = spaceOf(decoding);
  decoding.address(decoding.operands[loading ? 1 : 0]);
  i.flag = decoding.has("nc");
  i.count = decoding.has("v2") ? 2 : decoding.has("v4") ? 4 : decoding.has("v8") ? 8 : 1;
  // Caching hints and orderings change nothing where blocks run one after the other.
  decoding.allow({"ca", "cg", "cs", "lu", "cv", "wb", "wt", "volatile", "relaxed", "acquire", "release", "weak", "cta",
                  "gpu", "sys", "L1::evict_last", "L1::evict_first", "L1::no_allocate", "L1::evict_normal",
                  "L1::evict_unchanged", "L2::64B", "L2::128B", "L2::256B"});
  i.bytes = u8(bytesOf(decoding.type));
  decoding.touches(i.bytes);
  const Operand& values = decoding.operands[loading ? 0 : 1];
  std::vector<Operand> elements = values.kind == Operand::VECTOR ? values.elements : std::vector<Operand>{values};
  if (elements.size() != i.count) decoding.reject("has another number of registers than elements");
  u32 registerBytes = 0;
  for (const Operand& element : elements) {
    u32 bytes = element.kind == Operand::REGISTER ? std::max(2u, bytesOf(element.type)) : 0;
    if (bytes && registerBytes && bytes != registerBytes) decoding.reject("mixes registers of different widths");
    registerBytes = std::max(registerBytes, bytes);
  }
  if (!registerBytes) registerBytes = std::max(2u, u32(i.bytes));
  for (const Operand& element : elements) {
    Type as = registerBytes == 2 ? Type::B16 : registerBytes == 4 ? Type::B32 : Type::B64;
    i.list.push_back(loading ? decoding.write(element) : decoding.read(element, as));
  }
  i.run = loading ? accessHandler<Load>(decoding.type, registerBytes) : accessHandler<Store>(decoding.type, registerBytes);
}

/** ldmatrix: lanes 8q to 8q+7 give the rows of the q-th 8x8 matrix of 16-bit elements. flag: transposed. */
void loadMatrix(Warp& w, const Instruction& i, u32 mask) {
  if (mask != ALL_LANES) throw Fault(ILLEGAL_INSTRUCTION, "ldmatrix with inactive lanes: " + where(w, i, 0));
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  u16 rows[32][8];
  for (u32 lane = 0; lane < 8u * i.count; lane++) {
    u64 address = addresses[lane];
    if (i.space == Space::GENERIC) resolved(Space::GENERIC, address);
    if (address % 16) fault(MISALIGNED_ADDRESS, w, i, lane, "ldmatrix row not aligned to 16 bytes", address);
    memcpy(rows[lane], sharedAt(w, i, lane, address, 16, false), 16);
  }
  for (u32 matrix = 0; matrix < i.count; matrix++) {
    u32* d = w.lanes<u32>(i.list[matrix]);
    for (int lane = 0; lane < 32; lane++) {
      int row = lane >> 2, column = 2 * (lane & 3);
      const u16(*m)[8] = rows + 8 * matrix;
      u16 first = i.flag ? m[column][row] : m[row][column], second = i.flag ? m[column + 1][row] : m[row][column + 1];
      d[lane] = first | u32(second) << 16;
    }
  }
}
void decodeLoadMatrix(Decoding& decoding) {
  decoding.need(2);
  Instruction& i = decoding.instruction;
  i.run = loadMatrix;
  if (!decoding.has("m8n8")) decoding.reject("is supported for m8n8 only");
  decoding.allow({"sync", "aligned"});
  i.count = decoding.has("x4") ? 4 : decoding.has("x2") ? 2 : 1;
  decoding.allow({"x1"});
  i.flag = decoding.has("trans");
  i.space = spaceOf(decoding);
  decoding.touches(4);
  decoding.address(decoding.operands[1]);
  const Operand& target = decoding.operands[0];
  for (const Operand& element : target.kind == Operand::VECTOR ? target.elements : std::vector<Operand>{target}) {
    i.list.push_back(decoding.write(element));
  }
  if (i.list.size() != i.count) decoding.reject("has another number of registers than matrices");
}

}  // namespace

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

u8* globalAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  Allocation* holder = w.block->grid->memory->find(address);
  if (!holder || address + bytes > holder->base + holder->bytes) {
    fault(ILLEGAL_ADDRESS, w, i, lane, write ? "global write out of bounds" : "global read out of bounds", address);
  }
  u64 start = address - holder->base;
  if (w.block->grid->checks.races) checkGlobal(w, i, lane, *holder, start, bytes, write);
  return holder->host.get() + start;
}
u8* sharedAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes, bool write) {
  Block& block = *w.block;
  if (address + bytes > block.shared.size()) {
    fault(ILLEGAL_ADDRESS, w, i, lane, write ? "shared write out of bounds" : "shared read out of bounds", address);
  }
  if (block.grid->checks.races) checkShared(w, i, lane, address, bytes, write);
  return block.shared.data() + address;
}
u8* uncheckedAt(Warp& w, const Instruction& i, u32 lane, u64 address, u32 bytes) {
  Checks& checks = w.block->grid->checks;
  Checks kept = checks;
  checks.races = false;
  u8* host = at(w, i, lane, address, bytes, true);
  checks = kept;
  return host;
}

void addMemoryAccess(Decoders& decoders) {
  decoders["ld"] = decodeAccess;
  decoders["ldu"] = decodeAccess;
  decoders["st"] = decodeAccess;
  decoders["ldmatrix"] = decodeLoadMatrix;
}

}  // namespace standin
