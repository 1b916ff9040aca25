// and or xor not shl shr shf lop3 bfe bfi prmt brev popc clz, on integers and (the logical ones) on predicates.
#include "arithmetic.hpp"

namespace standin {
namespace {

struct And { template <class T> static T apply(T x, T y) { return T(x & y); } };
struct Or { template <class T> static T apply(T x, T y) { return T(x | y); } };
struct Xor { template <class T> static T apply(T x, T y) { return T(x ^ y); } };
struct Not { template <class T> static T apply(T x) { return T(~x); } };

template <class Op> void predicateLanes(Warp& w, const Instruction& i, u32 mask) {
  u32& d = w.predicate(i.d);
  d = (d & ~mask) | (Op::apply(w.predicate(i.a), w.predicate(i.b)) & mask);
}
void predicateNot(Warp& w, const Instruction& i, u32 mask) {
  u32& d = w.predicate(i.d);
  d = (d & ~mask) | (~w.predicate(i.a) & mask);
}
template <class Op> void decodeLogical(Decoding& decoding) {
  decoding.binary(decoding.type == Type::PRED ? predicateLanes<Op> : binaryInteger<Op>(decoding.type));
}

/** Shifts by as much as the width or more give zero, or the sign. */
template <class T> void shiftLeft(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T* a = w.lanes<T>(i.a);
  const u32* b = w.lanes<u32>(i.b);
  eachLane(mask, [=](int lane) { d[lane] = b[lane] >= 8 * sizeof(T) ? T(0) : T(a[lane] << b[lane]); });
}
template <class T> void shiftRight(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T* a = w.lanes<T>(i.a);
  const u32* b = w.lanes<u32>(i.b);
  constexpr u32 MOST = 8 * sizeof(T) - 1;
  eachLane(mask, [=](int lane) {
    T sign = std::is_signed<T>::value ? T(a[lane] >> MOST) : T(0);
    d[lane] = b[lane] > MOST ? sign : T(a[lane] >> b[lane]);
  });
}
template <bool LEFT> Handler shift(Type type) {
  switch (type) {
    case Type::B16: case Type::U16: return LEFT ? shiftLeft<u16> : shiftRight<u16>;
    case Type::S16: return LEFT ? shiftLeft<s16> : shiftRight<s16>;
    case Type::B32: case Type::U32: return LEFT ? shiftLeft<u32> : shiftRight<u32>;
    case Type::S32: return LEFT ? shiftLeft<s32> : shiftRight<s32>;
    case Type::B64: case Type::U64: return LEFT ? shiftLeft<u64> : shiftRight<u64>;
    case Type::S64: return LEFT ? shiftLeft<s64> : shiftRight<s64>;
    default: return nullptr;
  }
}
template <bool LEFT> void decodeShift(Decoding& decoding) {
  decoding.unary(shift<LEFT>(decoding.type));
  decoding.instruction.b = decoding.read(2, Type::U32);
}

template <bool LEFT, bool CLAMP> struct Funnel {
  template <class T> static T apply(T low, T high, T shift) {
    u32 by = CLAMP ? std::min(shift, T(32)) : shift & 31;
    u64 both = u64(high) << 32 | low;
    return LEFT ? T(both << by >> 32) : T(both >> by);
  }
};
void decodeFunnel(Decoding& decoding) {
  bool left = decoding.has("l"), clamp = decoding.has("clamp");
  decoding.allow({"r", "wrap"});
  decoding.ternary(left ? clamp ? ternaryLanes<Funnel<true, true>, u32> : ternaryLanes<Funnel<true, false>, u32>
                   : clamp ? ternaryLanes<Funnel<false, true>, u32>
                           : ternaryLanes<Funnel<false, false>, u32>);
}

/** Any function of three bits, given as its table. */
void logicTable(Warp& w, const Instruction& i, u32 mask) {
  u32* d = w.lanes<u32>(i.d);
  const u32 *a = w.lanes<u32>(i.a), *b = w.lanes<u32>(i.b), *c = w.lanes<u32>(i.c);
  const u32 table = u32(i.offset);
  eachLane(mask, [=](int lane) {
    u32 result = 0;
    for (int entry = 0; entry < 8; entry++) {
      u32 hit = (entry & 4 ? a[lane] : ~a[lane]) & (entry & 2 ? b[lane] : ~b[lane]) & (entry & 1 ? c[lane] : ~c[lane]);
      if (table >> entry & 1) result |= hit;
    }
    d[lane] = result;
  });
}
void decodeLogicTable(Decoding& decoding) {
  decoding.ternary(logicTable);
  decoding.need(5);
  if (decoding.operands[4].kind != Operand::IMMEDIATE) decoding.reject("needs an immediate table");
  decoding.instruction.offset = decoding.operands[4].value;
}

template <class T> struct ExtractField {
  static T apply(T x, u32 position, u32 length) {
    constexpr u32 BITS = 8 * sizeof(T);
    position &= 255, length &= 255;
    if (length == 0) return 0;
    u32 top = std::min(position + length, BITS) - 1;
    bool negative = std::is_signed<T>::value && (u64(x) >> std::min(top, BITS - 1) & 1);
    u64 field = position >= BITS ? 0 : u64(std::make_unsigned_t<T>(x)) >> position;
    u64 keep = length >= 64 ? ~u64(0) : (u64(1) << length) - 1;
    u32 held = position >= BITS ? 0 : std::min(length, BITS - position);
    u64 above = held >= 64 ? 0 : ~u64(0) << held;
    return T((field & keep) | (negative ? above : 0));
  }
};
template <class T> void extractField(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T* a = w.lanes<T>(i.a);
  const u32 *b = w.lanes<u32>(i.b), *c = w.lanes<u32>(i.c);
  eachLane(mask, [=](int lane) { d[lane] = ExtractField<T>::apply(a[lane], b[lane], c[lane]); });
}
void decodeExtractField(Decoding& decoding) {
  Type type = decoding.type;
  decoding.unary(type == Type::U32   ? extractField<u32>
                 : type == Type::S32 ? extractField<s32>
                 : type == Type::U64 ? extractField<u64>
                 : type == Type::S64 ? extractField<s64>
                                     : static_cast<Handler>(nullptr));
  decoding.instruction.b = decoding.read(2, Type::U32);
  decoding.instruction.c = decoding.read(3, Type::U32);
}

template <class T> void insertField(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  const u32 *c = w.lanes<u32>(i.c), *e = w.lanes<u32>(i.e);
  eachLane(mask, [=](int lane) {
    u32 position = c[lane] & 255, length = e[lane] & 255;
    u64 field = length >= 64 ? ~u64(0) : (u64(1) << length) - 1;
    field = position >= 8 * sizeof(T) ? 0 : field << position;
    d[lane] = T((u64(b[lane]) & ~field) | (u64(a[lane]) << (position & 63) & field));
  });
}
void decodeInsertField(Decoding& decoding) {
  decoding.binary(bytesOf(decoding.type) == 8 ? insertField<u64> : insertField<u32>);
  decoding.instruction.c = decoding.read(3, Type::U32);
  decoding.instruction.e = decoding.read(4, Type::U32);
}

/** Each nibble of the selector picks one of eight bytes; its top bit asks for that byte's sign instead. */
struct PermuteBytes {
  template <class T> static T apply(T low, T high, T selector) {
    u64 bytes = u64(high) << 32 | low;
    T result = 0;
    for (int to = 0; to < 4; to++) {
      u32 pick = selector >> (4 * to) & 15;
      u32 byte = u32(bytes >> (8 * (pick & 7))) & 255;
      if (pick & 8) byte = byte & 128 ? 255 : 0;
      result |= byte << (8 * to);
    }
    return result;
  }
};

struct ReverseBits {
  template <class T> static T apply(T x) {
    T result = 0;
    for (u32 bit = 0; bit < 8 * sizeof(T); bit++) result = T(result << 1 | (x >> bit & 1));
    return result;
  }
};

/** popc and clz give a 32-bit count whatever they read. */
template <class T, bool LEADING> void countBits(Warp& w, const Instruction& i, u32 mask) {
  u32* d = w.lanes<u32>(i.d);
  const T* a = w.lanes<T>(i.a);
  u32 counts[32];
  eachLane(mask, [&](int lane) {
    u64 x = a[lane];
    counts[lane] = !LEADING ? u32(__builtin_popcountll(x)) : x ? u32(__builtin_clzll(x)) - (64 - 8 * sizeof(T)) : 8 * sizeof(T);
  });
  eachLane(mask, [&](int lane) { d[lane] = counts[lane]; });
}
template <bool LEADING> void decodeCount(Decoding& decoding) {
  decoding.unary(decoding.type == Type::B32   ? countBits<u32, LEADING>
                 : decoding.type == Type::B64 ? countBits<u64, LEADING>
                                              : static_cast<Handler>(nullptr));
}

}  // namespace

void addBitOperations(Decoders& decoders) {
  decoders["and"] = decodeLogical<And>;
  decoders["or"] = decodeLogical<Or>;
  decoders["xor"] = decodeLogical<Xor>;
  decoders["not"] = [](Decoding& decoding) {
    decoding.unary(decoding.type == Type::PRED ? predicateNot : unaryInteger<Not>(decoding.type));
  };
  decoders["shl"] = decodeShift<true>;
  decoders["shr"] = decodeShift<false>;
  decoders["shf"] = decodeFunnel;
  decoders["lop3"] = decodeLogicTable;
  decoders["bfe"] = decodeExtractField;
  decoders["bfi"] = decodeInsertField;
  decoders["prmt"] = [](Decoding& decoding) { decoding.ternary(ternaryLanes<PermuteBytes, u32>); };
  decoders["brev"] = [](Decoding& decoding) { decoding.unary(unaryInteger<ReverseBits>(decoding.type)); };
  decoders["popc"] = decodeCount<false>;
  decoders["clz"] = decodeCount<true>;
}

}  // namespace standin
