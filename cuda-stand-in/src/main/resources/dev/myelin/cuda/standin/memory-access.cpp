// ld and st. Almost always all lanes of a warp touch one allocation, in order and in bounds: that is found out for all of
// them at once, and only what is not so goes lane by lane (memory-checks.cpp), where faults and races get their names.
#include <algorithm>

#include "arithmetic.hpp"
#include "memory-checks.hpp"

namespace standin {
namespace {

/** A warp's access as offsets into one piece of memory. */
struct Piece {
  u8* host;
  AccessShadow* shadow;
  bool shared;
  u32 offsets[32];  // those of lanes that take no part are valid too
};

bool inOnePiece(Warp& w, const Instruction& i, u32 mask, u32 bytes, const u64* addresses, Piece& piece) {
  const u32 first = u32(__builtin_ctz(mask));
  u64 address = addresses[first], start, size;
  const Space space = resolved(i.space, address);
  if (space == Space::SHARED) {
    start = addresses[first] - address;  // of the window, when the addresses are generic
    size = w.block->shared.size();
    piece.host = w.block->shared.data();
    piece.shadow = &w.block->shadow;
  } else if (space == Space::GLOBAL) {
    Allocation* holder = w.block->grid->memory->find(address);
    if (!holder || holder->context != w.block->grid->context || holder->bytes > ~u32(0)) return false;
    start = holder->base;
    size = holder->bytes;
    piece.host = holder->host.get();
    piece.shadow = &holder->shadow;
    if (w.block->grid->checks.races) holder->shadow.cover(size, w.block->grid->kernel->granuleShift);
  } else {
    return false;
  }
  if (size < bytes) return false;
  piece.shared = space == Space::SHARED;
  const u64 limit = size - bytes, misalignment = bytes - 1, own = addresses[first] - start;
  u64 wrong = 0;
  for (int lane = 0; lane < 32; lane++) {
    u64 offset = mask >> lane & 1 ? addresses[lane] - start : own;
    piece.offsets[lane] = u32(offset);
    wrong |= u64(offset > limit) | ((offset + start) & misalignment);
  }
  return wrong == 0;
}

enum Kind { READ, READ_ONLY, WRITE };

template <Kind KIND>
void checkLanes(Warp& w, const Instruction& i, u32 mask, const Piece& piece, u32 bytes) {
  AccessShadow& shadow = *piece.shadow;
  if (KIND == READ_ONLY && shadow.readOnlyEpoch.empty()) shadow.readOnlyEpoch.resize(shadow.granules.size());
  Epochs epochs = w.block->epochs;
  if (piece.shared) epochs.launchStart = epochs.blockStart;
  const Stamp now = epochs.now << EPOCH_SHIFT, launch = epochs.launchStart << EPOCH_SHIFT;
  // Stamps below were ordered before this access by a barrier or by the launch.
  const Stamp ordered = piece.shared ? now : launch;
  // What is read must have been written since: shared memory, since the block began.
  const Stamp from = KIND != WRITE && piece.shared ? epochs.blockStart << EPOCH_SHIFT : 0;
  const int shift = shadow.granuleShift;
  const bool readOnlyToo = !shadow.readOnlyEpoch.empty();
  for (u32 rest = mask; rest; rest &= rest - 1) {
    const u32 lane = u32(__builtin_ctz(rest));
    Stamp mine = stampOf(epochs.now, w.phase, w.thread(lane));
    // Neighbours that read the same are one reader that several lanes share.
    for (u32 next = lane + 1; KIND != WRITE && next < 32 && (rest >> next & 1) && piece.offsets[next] == piece.offsets[lane]; next++) {
      mine = sharedBy(mine, ONE_WARP);
      rest &= ~(1u << next) | 1u << lane;
    }
    const u32 last = (piece.offsets[lane] + bytes - 1) >> shift;
    for (u32 index = piece.offsets[lane] >> shift; index <= last; index++) {
      Granule& granule = shadow.granules[index];
      if (KIND == WRITE) {
        if (granule.written < ordered && granule.read < ordered && !readOnlyToo) {
          granule.written = mine;
        } else {
          checkWrite(Access(w, i, lane, piece.shared, shadow), index);
        }
      } else if (granule.written - from < ordered - from) {
        if (granule.read < ordered) {
          granule.read = mine;
        } else if (granule.read < now || sharersOf(granule.read) < ONE_BLOCK) {
          granule.read = withRead(granule.read, mine, epochs);
        }
        if (KIND == READ_ONLY) shadow.readOnlyEpoch[index] = epochs.now;
      } else if (KIND == READ_ONLY) {
        checkReadOnly(Access(w, i, lane, piece.shared, shadow), index);
      } else {
        checkRead(Access(w, i, lane, piece.shared, shadow), index);
      }
    }
  }
}

/** Finds the piece and checks the access; false when it must be done lane by lane. */
bool quickly(Warp& w, const Instruction& i, u32 mask, u32 bytes, bool write, const u64* addresses, Piece& piece) {
  if (!inOnePiece(w, i, mask, bytes, addresses, piece)) return false;
  if (!w.block->grid->checks.races) return true;
  if (write) {
    checkLanes<WRITE>(w, i, mask, piece, bytes);
  } else if (i.flag && !piece.shared) {
    checkLanes<READ_ONLY>(w, i, mask, piece, bytes);
  } else {
    checkLanes<READ>(w, i, mask, piece, bytes);
  }
  return true;
}

template <class T> T readAs(const u8* from) {
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}

template <class Memory, class Register> void load(Warp& w, const Instruction& i, u32 mask) {
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  if (w.block->grid->checks.statistics) countAccess(w, i, mask, addresses, false);
  const u32 bytes = u32(sizeof(Memory)) * i.count;
  Piece piece;
  if (quickly(w, i, mask, bytes, false, addresses, piece)) {
    for (u32 element = 0; element < i.count; element++) {
      Register* d = w.lanes<Register>(i.list[element]);
      const u8* from = piece.host + element * sizeof(Memory);
      eachLane(mask, [&](int lane) { d[lane] = Register(readAs<Memory>(from + piece.offsets[lane])); });
    }
    return;
  }
  for (u32 rest = mask; rest; rest &= rest - 1) {
    const u32 lane = u32(__builtin_ctz(rest));
    const u8* from = hostAt(w, i, lane, addresses[lane], bytes, false);
    for (u32 element = 0; element < i.count; element++) {
      w.lanes<Register>(i.list[element])[lane] = Register(readAs<Memory>(from + element * sizeof(Memory)));
    }
  }
}

template <class Memory, class Register> void store(Warp& w, const Instruction& i, u32 mask) {
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  if (w.block->grid->checks.statistics) countAccess(w, i, mask, addresses, true);
  const u32 bytes = u32(sizeof(Memory)) * i.count;
  Piece piece;
  const bool quick = quickly(w, i, mask, bytes, true, addresses, piece);
  for (u32 rest = mask; rest; rest &= rest - 1) {
    const u32 lane = u32(__builtin_ctz(rest));
    u8* to = quick ? piece.host + piece.offsets[lane] : hostAt(w, i, lane, addresses[lane], bytes, true);
    for (u32 element = 0; element < i.count; element++) {
      const Memory value = Memory(w.lanes<Register>(i.list[element])[lane]);
      memcpy(to + element * sizeof(Memory), &value, sizeof value);
    }
  }
}

/** A parameter: the same for all lanes. */
template <class Register> void loadParameter(Warp& w, const Instruction& i, u32 mask) {
  for (u32 element = 0; element < i.count; element++) {
    const u8* from = w.block->grid->parameters.data() + i.offset + element * i.bytes;
    u64 value = 0;
    memcpy(&value, from, i.bytes);
    if (i.variant) value = u64(s64(value << (64 - 8 * i.bytes)) >> (64 - 8 * i.bytes));
    Register* d = w.lanes<Register>(i.list[element]);
    eachLane(mask, [=](int lane) { d[lane] = Register(value); });
  }
}

template <bool LOAD, class Memory> Handler byRegister(u32 registerBytes) {
  constexpr bool SIGNED = std::is_signed<Memory>::value;
  using Two = std::conditional_t<SIGNED, s16, u16>;
  using Four = std::conditional_t<SIGNED, s32, u32>;
  using Eight = std::conditional_t<SIGNED, s64, u64>;
  switch (registerBytes) {
    case 2: return LOAD ? load<Memory, Two> : store<Memory, Two>;
    case 4: return LOAD ? load<Memory, Four> : store<Memory, Four>;
    default: return LOAD ? load<Memory, Eight> : store<Memory, Eight>;
  }
}
template <bool LOAD> Handler accessHandler(Type type, u32 registerBytes) {
  const bool extends = LOAD && isSigned(type);  // a store drops what is above
  switch (bytesOf(type)) {
    case 1: return extends ? byRegister<LOAD, s8>(registerBytes) : byRegister<LOAD, u8>(registerBytes);
    case 2: return extends ? byRegister<LOAD, s16>(registerBytes) : byRegister<LOAD, u16>(registerBytes);
    case 4: return extends ? byRegister<LOAD, s32>(registerBytes) : byRegister<LOAD, u32>(registerBytes);
    case 8: return byRegister<LOAD, u64>(registerBytes);
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

/** The registers that elements go to or come from, and their common width. */
u32 decodeElements(Decoding& decoding, const Operand& values, bool loading) {
  Instruction& i = decoding.instruction;
  std::vector<Operand> elements = values.kind == Operand::VECTOR ? values.elements : std::vector<Operand>{values};
  if (elements.size() != i.count) decoding.reject("has another number of registers than elements");
  u32 registerBytes = 0;
  for (const Operand& element : elements) {
    const u32 bytes = element.kind == Operand::REGISTER ? std::max(2u, bytesOf(element.type)) : 0;
    if (bytes && registerBytes && bytes != registerBytes) decoding.reject("mixes registers of different widths");
    registerBytes = std::max(registerBytes, bytes);
  }
  if (!registerBytes) registerBytes = std::max(2u, u32(i.bytes));
  for (const Operand& element : elements) {
    const Type as = registerBytes == 2 ? Type::B16 : registerBytes == 4 ? Type::B32 : Type::B64;
    i.list.push_back(loading ? decoding.write(element) : decoding.read(element, as));
  }
  return registerBytes;
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
  const u32 registerBytes = decodeElements(decoding, decoding.operands[loading ? 0 : 1], loading);
  i.run = loading ? accessHandler<true>(decoding.type, registerBytes) : accessHandler<false>(decoding.type, registerBytes);
  if (loading && i.space == Space::PARAM && i.a < 0) {
    if (i.offset < 0 || u64(i.offset) + u64(i.bytes) * i.count > decoding.parameterBytes()) decoding.reject("is out of bounds");
    i.variant = isSigned(decoding.type);
    i.run = registerBytes == 2 ? loadParameter<u16> : registerBytes == 4 ? loadParameter<u32> : loadParameter<u64>;
  }
}

}  // namespace

void addMemoryAccess(Decoders& decoders) {
  decoders["ld"] = decodeAccess;
  decoders["ldu"] = decodeAccess;
  decoders["st"] = decodeAccess;
}

}  // namespace standin
