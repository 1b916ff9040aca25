// atom and red, on global and shared memory. Lanes go one after the other, in order; the hardware promises no order, so
// sums of floats may differ from one device to the next.
#include <algorithm>
#include <type_traits>

#include "arithmetic.hpp"

namespace standin {
namespace {

enum Operation : u8 { ADD, MINIMUM, MAXIMUM, EXCHANGE, COMPARE_AND_SWAP, AND, OR, XOR, INCREMENT, DECREMENT };

template <class T> T combined(u8 operation, T old, T operand, T replacement) {
  switch (operation) {
    case ADD: return T(old + operand);
    case MINIMUM: return std::min(old, operand);
    case MAXIMUM: return std::max(old, operand);
    case EXCHANGE: return operand;
    case COMPARE_AND_SWAP: return old == operand ? replacement : old;
    default: break;
  }
  if constexpr (std::is_integral<T>::value) {
    switch (operation) {
      case AND: return T(old & operand);
      case OR: return T(old | operand);
      case XOR: return T(old ^ operand);
      case INCREMENT: return old >= operand ? T(0) : T(old + 1);
      case DECREMENT: return old == 0 || old > operand ? operand : T(old - 1);
      default: break;
    }
  }
  throw Fault(ILLEGAL_INSTRUCTION, "atomic operation");
}

/** After a device-wide fence, what other blocks wrote before their atomics may be read: see Block::fenced. */
void orderBlocks(Block& block) {
  if (block.fenced) block.epochs.launchStart = block.epochs.blockStart;
}

template <class T> void atomic(Warp& w, const Instruction& i, u32 mask) {
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  for (; mask; mask &= mask - 1) {
    u32 lane = u32(__builtin_ctz(mask));
    u8* host = uncheckedAt(w, i, lane, addresses[lane], sizeof(T));
    T old;
    memcpy(&old, host, sizeof old);
    T made = combined(i.variant, old, w.lanes<T>(i.b)[lane], i.c >= 0 ? w.lanes<T>(i.c)[lane] : T(0));
    memcpy(host, &made, sizeof made);
    if (i.d >= 0) w.lanes<T>(i.d)[lane] = old;
  }
  orderBlocks(*w.block);
}

void decodeAtomic(Decoding& decoding) {
  const bool reduction = decoding.name() == "red";
  const size_t first = reduction ? 0 : 1;
  Instruction& i = decoding.instruction;
  i.space = decoding.has("shared") || decoding.has("shared::cta") ? Space::SHARED
            : decoding.has("global")                              ? Space::GLOBAL
                                                                  : Space::GENERIC;
  decoding.allow({"relaxed", "acquire", "release", "acq_rel", "cta", "gpu", "sys"});
  static const std::pair<const char*, Operation> operations[] = {
      {"add", ADD}, {"min", MINIMUM}, {"max", MAXIMUM}, {"exch", EXCHANGE}, {"cas", COMPARE_AND_SWAP},
      {"and", AND}, {"or", OR},       {"xor", XOR},     {"inc", INCREMENT}, {"dec", DECREMENT}};
  bool known = false;
  for (const auto& operation : operations) {
    if (decoding.has(operation.first)) i.variant = operation.second, known = true;
  }
  if (!known) decoding.reject("has no operation known here");
  decoding.need(first + 2);
  decoding.address(decoding.operands[first]);
  i.b = decoding.read(first + 1, decoding.type);
  if (i.variant == COMPARE_AND_SWAP) i.c = decoding.read(first + 2, decoding.type);
  if (!reduction) i.d = decoding.write(0);
  decoding.touches(bytesOf(decoding.type));
  switch (decoding.type) {
    case Type::F32: i.run = atomic<float>; break;
    case Type::F64: i.run = atomic<double>; break;
    case Type::S32: i.run = atomic<s32>; break;
    case Type::B32: case Type::U32: i.run = atomic<u32>; break;
    case Type::S64: i.run = atomic<s64>; break;
    case Type::B64: case Type::U64: i.run = atomic<u64>; break;
    default: break;
  }
}

}  // namespace

void addAtomics(Decoders& decoders) {
  decoders["atom"] = decodeAtomic;
  decoders["red"] = decodeAtomic;
}

}  // namespace standin
