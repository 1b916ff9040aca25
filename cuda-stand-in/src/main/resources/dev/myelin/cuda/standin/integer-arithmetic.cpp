// add sub mul mad div rem min max neg abs on integers. Overflow wraps (compiled with -fwrapv).
#include "arithmetic.hpp"

namespace standin {
namespace {

struct Add { template <class T> static T apply(T x, T y) { return T(x + y); } };
struct Subtract { template <class T> static T apply(T x, T y) { return T(x - y); } };
struct Multiply { template <class T> static T apply(T x, T y) { return T(x * y); } };
struct MultiplyAdd { template <class T> static T apply(T x, T y, T z) { return T(x * y + z); } };
struct Minimum { template <class T> static T apply(T x, T y) { return y < x ? y : x; } };
struct Maximum { template <class T> static T apply(T x, T y) { return x < y ? y : x; } };
struct Negate { template <class T> static T apply(T x) { return T(-x); } };
struct Absolute { template <class T> static T apply(T x) { return T(x < T(0) ? -x : x); } };
// PTX leaves division by zero unspecified; the hardware gives all ones. The lowest number by -1 wraps.
struct Divide {
  template <class T> static T apply(T x, T y) {
    return y == 0 ? T(-1) : std::is_signed<T>::value && y == T(-1) ? T(-x) : T(x / y);
  }
};
struct Remainder {
  template <class T> static T apply(T x, T y) {
    return y == 0 ? x : std::is_signed<T>::value && y == T(-1) ? T(0) : T(x % y);
  }
};

template <class T, class Wide> struct High {
  template <class V> static V apply(V x, V y) { return T(Wide(T(x)) * Wide(T(y)) >> (8 * sizeof(T))); }
  template <class V> static V apply(V x, V y, V z) { return T(apply(x, y) + z); }
};

template <class T, class Wide> void multiplyWide(Warp& w, const Instruction& i, u32 mask) {
  Wide* d = w.lanes<Wide>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  eachLane(mask, [=](int lane) { d[lane] = Wide(a[lane]) * Wide(b[lane]); });
}
template <class T, class Wide> void multiplyAddWide(Warp& w, const Instruction& i, u32 mask) {
  Wide* d = w.lanes<Wide>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  const Wide* c = w.lanes<Wide>(i.c);
  eachLane(mask, [=](int lane) { d[lane] = Wide(a[lane]) * Wide(b[lane]) + c[lane]; });
}

Type wide(Type type) {
  switch (type) {
    case Type::U16: return Type::U32;
    case Type::S16: return Type::S32;
    case Type::U32: return Type::U64;
    case Type::S32: return Type::S64;
    default: return Type::NONE;
  }
}

template <template <class, class> class Op> Handler high(Type type, bool add) {
  switch (type) {
    case Type::U16: return add ? ternaryLanes<Op<u16, u32>, u16> : binaryLanes<Op<u16, u32>, u16>;
    case Type::S16: return add ? ternaryLanes<Op<s16, s32>, s16> : binaryLanes<Op<s16, s32>, s16>;
    case Type::U32: return add ? ternaryLanes<Op<u32, u64>, u32> : binaryLanes<Op<u32, u64>, u32>;
    case Type::S32: return add ? ternaryLanes<Op<s32, s64>, s32> : binaryLanes<Op<s32, s64>, s32>;
    case Type::U64:
      return add ? ternaryLanes<Op<u64, unsigned __int128>, u64> : binaryLanes<Op<u64, unsigned __int128>, u64>;
    case Type::S64: return add ? ternaryLanes<Op<s64, __int128>, s64> : binaryLanes<Op<s64, __int128>, s64>;
    default: return nullptr;
  }
}

Handler wideHandler(Type type, bool add) {
  switch (type) {
    case Type::U16: return add ? multiplyAddWide<u16, u32> : multiplyWide<u16, u32>;
    case Type::S16: return add ? multiplyAddWide<s16, s32> : multiplyWide<s16, s32>;
    case Type::U32: return add ? multiplyAddWide<u32, u64> : multiplyWide<u32, u64>;
    case Type::S32: return add ? multiplyAddWide<s32, s64> : multiplyWide<s32, s64>;
    default: return nullptr;
  }
}

}  // namespace

// On floats the same mnemonics mean other things; float-arithmetic.cpp calls these for integers.
void decodeIntegerMultiply(Decoding& decoding) {
  bool add = decoding.name() == "mad";
  if (decoding.has("wide")) {
    decoding.binary(wideHandler(decoding.type, add));
    if (add) decoding.instruction.c = decoding.read(3, wide(decoding.type));
  } else if (decoding.has("hi")) {
    decoding.binary(high<High>(decoding.type, add));
    if (add) decoding.instruction.c = decoding.read(3, decoding.type);
  } else if (!decoding.has("lo")) {
    decoding.reject("needs .lo, .hi or .wide");
  } else if (add) {
    decoding.ternary(ternaryInteger<MultiplyAdd>(decoding.type));
  } else {
    decoding.binary(binaryInteger<Multiply>(decoding.type));
  }
}
void decodeIntegerAdd(Decoding& decoding) { decoding.binary(binaryInteger<Add>(decoding.type)); }
void decodeIntegerSubtract(Decoding& decoding) { decoding.binary(binaryInteger<Subtract>(decoding.type)); }
void decodeIntegerDivide(Decoding& decoding) { decoding.binary(binaryInteger<Divide>(decoding.type)); }
void decodeIntegerMinimum(Decoding& decoding) { decoding.binary(binaryInteger<Minimum>(decoding.type)); }
void decodeIntegerMaximum(Decoding& decoding) { decoding.binary(binaryInteger<Maximum>(decoding.type)); }
void decodeIntegerNegate(Decoding& decoding) { decoding.unary(unaryInteger<Negate>(decoding.type)); }
void decodeIntegerAbsolute(Decoding& decoding) { decoding.unary(unaryInteger<Absolute>(decoding.type)); }

void addIntegerArithmetic(Decoders& decoders) {
  decoders["rem"] = [](Decoding& decoding) { decoding.binary(binaryInteger<Remainder>(decoding.type)); };
}

}  // namespace standin
