// setp, set, selp, slct: comparisons into predicates, and choices by them.
#include "arithmetic.hpp"

namespace standin {
namespace {

struct Equal { template <class T> static bool apply(T x, T y) { return x == y; } };
struct NotEqual { template <class T> static bool apply(T x, T y) { return x < y || x > y; } };  // false on NaN
struct Less { template <class T> static bool apply(T x, T y) { return x < y; } };
struct LessOrEqual { template <class T> static bool apply(T x, T y) { return x <= y; } };
struct Greater { template <class T> static bool apply(T x, T y) { return x > y; } };
struct GreaterOrEqual { template <class T> static bool apply(T x, T y) { return x >= y; } };
struct Number { template <class T> static bool apply(T x, T y) { return x == x && y == y; } };
struct IsNan { template <class T> static bool apply(T x, T y) { return x != x || y != y; } };
template <class Op> struct OrUnordered {
  template <class T> static bool apply(T x, T y) { return x != x || y != y || Op::apply(x, y); }
};

enum Combination : u8 { ALONE, AND, OR, XOR };

/** d (and its complement e) from a comparison, combined with the predicate c. flag: c is negated. */
template <class Op, class T> void compare(Warp& w, const Instruction& i, u32 mask) {
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  u32 holds = 0;
  for (int lane = 0; lane < 32; lane++) holds |= u32(Op::apply(a[lane], b[lane])) << lane;
  u32 fails = ~holds;
  if (i.variant != ALONE) {
    u32 with = i.flag ? ~w.predicate(i.c) : w.predicate(i.c);
    holds = i.variant == AND ? holds & with : i.variant == OR ? holds | with : holds ^ with;
    fails = i.variant == AND ? fails & with : i.variant == OR ? fails | with : fails ^ with;
  }
  u32& d = w.predicate(i.d);
  d = (d & ~mask) | (holds & mask);
  if (i.e >= 0) {
    u32& e = w.predicate(i.e);
    e = (e & ~mask) | (fails & mask);
  }
}

template <class Op> Handler ordered(Type type) {
  switch (type) {
    case Type::B16: case Type::U16: return compare<Op, u16>;
    case Type::S16: return compare<Op, s16>;
    case Type::B32: case Type::U32: return compare<Op, u32>;
    case Type::S32: return compare<Op, s32>;
    case Type::B64: case Type::U64: return compare<Op, u64>;
    case Type::S64: return compare<Op, s64>;
    case Type::F32: return compare<Op, float>;
    case Type::F64: return compare<Op, double>;
    default: return nullptr;
  }
}
template <class Op> Handler unordered(Type type) {
  return type == Type::F32   ? compare<OrUnordered<Op>, float>
         : type == Type::F64 ? compare<OrUnordered<Op>, double>
                             : static_cast<Handler>(nullptr);
}

Handler comparison(Decoding& decoding) {
  Type type = decoding.type;
  if (decoding.has("eq")) return ordered<Equal>(type);
  if (decoding.has("ne")) return ordered<NotEqual>(type);
  if (decoding.has("lt") || decoding.has("lo")) return ordered<Less>(type);
  if (decoding.has("le") || decoding.has("ls")) return ordered<LessOrEqual>(type);
  if (decoding.has("gt") || decoding.has("hi")) return ordered<Greater>(type);
  if (decoding.has("ge") || decoding.has("hs")) return ordered<GreaterOrEqual>(type);
  if (decoding.has("equ")) return unordered<Equal>(type);
  if (decoding.has("neu")) return unordered<NotEqual>(type);
  if (decoding.has("ltu")) return unordered<Less>(type);
  if (decoding.has("leu")) return unordered<LessOrEqual>(type);
  if (decoding.has("gtu")) return unordered<Greater>(type);
  if (decoding.has("geu")) return unordered<GreaterOrEqual>(type);
  if (decoding.has("num") && isFloat(type)) return type == Type::F32 ? compare<Number, float> : compare<Number, double>;
  if (decoding.has("nan") && isFloat(type)) return type == Type::F32 ? compare<IsNan, float> : compare<IsNan, double>;
  decoding.reject("has no comparison known here");
}

void decodeSetPredicate(Decoding& decoding) {
  decoding.need(3);
  Instruction& i = decoding.instruction;
  i.e = decoding.operands[0].second;
  decoding.binary(comparison(decoding));
  if (i.e >= 0) {
    Operand complement = decoding.operands[0];
    complement.slot = complement.second;
    decoding.write(complement);
  }
  i.variant = decoding.has("and") ? AND : decoding.has("or") ? OR : decoding.has("xor") ? XOR : ALONE;
  if (i.variant != ALONE) {
    decoding.need(4);
    i.flag = decoding.operands[3].negated;
    decoding.operands[3].negated = false;
    i.c = decoding.read(3, Type::PRED);
  }
}

template <class T> void select(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  const u32 first = w.predicate(i.c);
  eachLane(mask, [=](int lane) { d[lane] = first >> lane & 1 ? a[lane] : b[lane]; });
}
void selectPredicate(Warp& w, const Instruction& i, u32 mask) {
  u32& d = w.predicate(i.d);
  u32 first = w.predicate(i.c), chosen = (first & w.predicate(i.a)) | (~first & w.predicate(i.b));
  d = (d & ~mask) | (chosen & mask);
}
void decodeSelect(Decoding& decoding) {
  u32 bytes = bytesOf(decoding.type);
  decoding.binary(decoding.type == Type::PRED ? selectPredicate
                  : bytes == 2                ? select<u16>
                  : bytes == 4                ? select<u32>
                                              : select<u64>);
  decoding.instruction.c = decoding.read(3, Type::PRED);
}

}  // namespace

void addComparisons(Decoders& decoders) {
  decoders["setp"] = decodeSetPredicate;
  decoders["selp"] = decodeSelect;
}

}  // namespace standin
