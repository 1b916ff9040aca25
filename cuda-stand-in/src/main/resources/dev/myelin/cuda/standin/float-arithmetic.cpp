// add sub mul fma div rcp sqrt min max neg abs and the approximate functions on f32 and f64.
//
// .rn without .ftz and .sat is a plain loop. The other roundings switch the processor's mode; .ftz flushes subnormal
// inputs and results; .sat clamps to [0, 1] with NaN to 0. Division, rcp and sqrt with .rn are correctly rounded, as PTX
// says. The approximate functions are computed in double and rounded, so they are better than what PTX allows (ex2 and
// lg2 about 2^-22, rcp 1 ulp, rsqrt 2^-22.9, sqrt.approx, div.full and div.approx 2 ulp, sin and cos 2^-20.5, tanh
// 2^-11): a kernel that needs their errors to be smaller than documented is not caught here.
#include <cfenv>
#include <cmath>

#include "arithmetic.hpp"

namespace standin {

void decodeIntegerAdd(Decoding&);
void decodeIntegerSubtract(Decoding&);
void decodeIntegerMultiply(Decoding&);
void decodeIntegerDivide(Decoding&);
void decodeIntegerMinimum(Decoding&);
void decodeIntegerMaximum(Decoding&);
void decodeIntegerNegate(Decoding&);
void decodeIntegerAbsolute(Decoding&);

namespace {

struct Add { template <class T> static T apply(T x, T y) { return x + y; } };
struct Subtract { template <class T> static T apply(T x, T y) { return x - y; } };
struct Multiply { template <class T> static T apply(T x, T y) { return x * y; } };
struct Divide { template <class T> static T apply(T x, T y) { return x / y; } };
struct MultiplyAdd { template <class T> static T apply(T x, T y, T z) { return std::fma(x, y, z); } };
struct Negate { template <class T> static T apply(T x) { return -x; } };
struct Absolute { template <class T> static T apply(T x) { return std::fabs(x); } };
struct CopySign { template <class T> static T apply(T sign, T magnitude) { return std::copysign(magnitude, sign); } };
struct Reciprocal { template <class T> static T apply(T x) { return T(1) / x; } };
struct SquareRoot { template <class T> static T apply(T x) { return std::sqrt(x); } };
struct ReciprocalRoot { template <class T> static T apply(T x) { return T(1 / std::sqrt(double(x))); } };
struct PowerOfTwo { template <class T> static T apply(T x) { return T(std::exp2(double(x))); } };
struct LogarithmOfTwo { template <class T> static T apply(T x) { return T(std::log2(double(x))); } };
struct HyperbolicTangent { template <class T> static T apply(T x) { return T(std::tanh(double(x))); } };
struct Sine { template <class T> static T apply(T x) { return T(std::sin(double(x))); } };
struct Cosine { template <class T> static T apply(T x) { return T(std::cos(double(x))); } };

// min and max give the number when one is NaN, and order -0 before +0.
struct Minimum {
  template <class T> static T apply(T x, T y) {
    if (x != x) return y == y ? y : std::numeric_limits<T>::quiet_NaN();
    if (x == y) return std::signbit(x) ? x : y;
    return y < x ? y : x;
  }
};
struct Maximum {
  template <class T> static T apply(T x, T y) {
    if (x != x) return y == y ? y : std::numeric_limits<T>::quiet_NaN();
    if (x == y) return std::signbit(x) ? y : x;
    return x < y ? y : x;
  }
};
template <class Op> struct OrNan {
  template <class T> static T apply(T x, T y) {
    return x != x || y != y ? std::numeric_limits<T>::quiet_NaN() : Op::apply(x, y);
  }
};
// div.approx multiplies by a reciprocal, which is 0 where |y| > 2^126.
struct ApproximateDivide {
  template <class T> static T apply(T x, T y) {
    bool huge = std::fabs(double(y)) > 0x1p126 && !std::isinf(y);
    return huge ? x * std::copysign(T(0), y) : x / y;
  }
};

enum Modifier : u8 { ROUNDING = 3, FLUSH = 4, SATURATE = 8 };
constexpr int ROUNDINGS[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};

template <class T> T flushed(T x, bool flush) {
  return flush && std::fabs(x) < std::numeric_limits<T>::min() ? std::copysign(T(0), x) : x;
}
template <class T> T finished(T x, u8 modifiers) {
  x = flushed(x, modifiers & FLUSH);
  return !(modifiers & SATURATE) ? x : x > 0 ? x < 1 ? x : T(1) : T(0);
}

/** Any rounding, .ftz and .sat: as the instruction's variant says. */
template <class Op, class T, int SOURCES> void modifiedLanes(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T* a = w.lanes<T>(i.a);
  const T* b = SOURCES > 1 ? w.lanes<T>(i.b) : a;
  const T* c = SOURCES > 2 ? w.lanes<T>(i.c) : a;
  const bool flush = i.variant & FLUSH;
  fesetround(ROUNDINGS[i.variant & ROUNDING]);
  for (; mask; mask &= mask - 1) {
    int lane = __builtin_ctz(mask);
    T x = flushed(a[lane], flush), y = flushed(b[lane], flush), z = flushed(c[lane], flush), result;
    if constexpr (SOURCES == 1) result = Op::apply(x);
    if constexpr (SOURCES == 2) result = Op::apply(x, y);
    if constexpr (SOURCES == 3) result = Op::apply(x, y, z);
    d[lane] = finished(result, i.variant);
  }
  fesetround(FE_TONEAREST);
}

u8 modifiers(Decoding& decoding) {
  decoding.allow({"rn"});
  u8 found = decoding.has("rz") ? 1 : decoding.has("rm") ? 2 : decoding.has("rp") ? 3 : 0;
  if (decoding.has("ftz")) found |= FLUSH;
  if (decoding.has("sat")) found |= SATURATE;
  return found;
}

template <class Op, int SOURCES> void decodeFloat(Decoding& decoding) {
  decoding.instruction.variant = modifiers(decoding);
  const bool single = decoding.type == Type::F32;
  if (!isFloat(decoding.type)) decoding.reject("is not supported for this type");
  Handler plain, modified = single ? modifiedLanes<Op, float, SOURCES> : modifiedLanes<Op, double, SOURCES>;
  if constexpr (SOURCES == 1) plain = unaryFloat<Op>(decoding.type);
  if constexpr (SOURCES == 2) plain = binaryFloat<Op>(decoding.type);
  if constexpr (SOURCES == 3) plain = ternaryFloat<Op>(decoding.type);
  Handler handler = decoding.instruction.variant ? modified : plain;
  if constexpr (SOURCES == 1) decoding.unary(handler);
  if constexpr (SOURCES == 2) decoding.binary(handler);
  if constexpr (SOURCES == 3) decoding.ternary(handler);
}

/** A mnemonic that integers have as well. */
template <class Op, int SOURCES, Decoder INTEGER> void decodeEither(Decoding& decoding) {
  if (isFloat(decoding.type)) {
    decodeFloat<Op, SOURCES>(decoding);
  } else {
    INTEGER(decoding);
  }
}
template <class Op, Decoder INTEGER> void decodeExtreme(Decoding& decoding) {
  if (!isFloat(decoding.type)) {
    INTEGER(decoding);
  } else if (decoding.has("NaN")) {
    decodeFloat<OrNan<Op>, 2>(decoding);
  } else {
    decodeFloat<Op, 2>(decoding);
  }
}
void decodeDivide(Decoding& decoding) {
  if (!isFloat(decoding.type)) {
    decodeIntegerDivide(decoding);
  } else if (decoding.has("approx")) {
    decodeFloat<ApproximateDivide, 2>(decoding);
  } else {
    decoding.allow({"full"});
    decodeFloat<Divide, 2>(decoding);
  }
}
template <class Op> void decodeFunction(Decoding& decoding) {
  decoding.allow({"approx"});
  decodeFloat<Op, 1>(decoding);
}
void countedMultiplyAdd(Warp& w, const Instruction& i, u32 mask) { ternaryLanes<MultiplyAdd, float>(w, i, mask); }

void decodeMultiplyAdd(Decoding& decoding) {
  if (!isFloat(decoding.type)) return decodeIntegerMultiply(decoding);
  decodeFloat<MultiplyAdd, 3>(decoding);
  if (decoding.instruction.run == ternaryFloat<MultiplyAdd>(Type::F32)) decoding.instruction.run = countedMultiplyAdd;
}

}  // namespace

void addFloatArithmetic(Decoders& decoders) {
  decoders["add"] = decodeEither<Add, 2, decodeIntegerAdd>;
  decoders["sub"] = decodeEither<Subtract, 2, decodeIntegerSubtract>;
  decoders["mul"] = decodeEither<Multiply, 2, decodeIntegerMultiply>;
  decoders["fma"] = decodeFloat<MultiplyAdd, 3>;
  decoders["mad"] = decodeMultiplyAdd;
  decoders["div"] = decodeDivide;
  decoders["min"] = decodeExtreme<Minimum, decodeIntegerMinimum>;
  decoders["max"] = decodeExtreme<Maximum, decodeIntegerMaximum>;
  decoders["neg"] = decodeEither<Negate, 1, decodeIntegerNegate>;
  decoders["abs"] = decodeEither<Absolute, 1, decodeIntegerAbsolute>;
  decoders["copysign"] = decodeFloat<CopySign, 2>;
  decoders["rcp"] = decodeFunction<Reciprocal>;
  decoders["sqrt"] = decodeFunction<SquareRoot>;
  decoders["rsqrt"] = decodeFunction<ReciprocalRoot>;
  decoders["ex2"] = decodeFunction<PowerOfTwo>;
  decoders["lg2"] = decodeFunction<LogarithmOfTwo>;
  decoders["tanh"] = decodeFunction<HyperbolicTangent>;
  decoders["sin"] = decodeFunction<Sine>;
  decoders["cos"] = decodeFunction<Cosine>;
}

}  // namespace standin
