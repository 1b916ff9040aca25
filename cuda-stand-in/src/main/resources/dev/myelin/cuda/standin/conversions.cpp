// cvt between integers, f32, f64, f16, bf16, tf32; cvta between address spaces.
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>

#include "arithmetic.hpp"
#include "small-floats.hpp"

namespace standin {
namespace {

enum Rounding : u8 { NEAREST, TOWARD_ZERO, DOWN, UP, INTEGRAL = 4, SATURATE = 8, FLUSH = 16 };
constexpr int ROUNDINGS[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};

template <class T> T flushed(T value, u8 options) {
  if constexpr (std::is_same<T, float>::value) {
    if ((options & FLUSH) && std::fabs(value) < std::numeric_limits<float>::min()) return std::copysign(0.0f, value);
  }
  return value;
}

double toIntegral(double value, u8 rounding) {
  switch (rounding & 3) {
    case NEAREST: return std::nearbyint(value);
    case TOWARD_ZERO: return std::trunc(value);
    case DOWN: return std::floor(value);
    default: return std::ceil(value);
  }
}

/** Out of range gives the nearest number of the type, NaN gives zero. */
template <class To> To toInteger(double value) {
  constexpr To LOWEST = std::numeric_limits<To>::min(), HIGHEST = std::numeric_limits<To>::max();
  if (value != value) return 0;
  if (value <= double(LOWEST)) return LOWEST;
  return value >= double(HIGHEST) ? HIGHEST : To(value);
}

template <class To, class From> To saturated(From value) {
  __int128 lowest = std::numeric_limits<To>::min(), highest = std::numeric_limits<To>::max(), wide = value;
  return To(wide < lowest ? lowest : wide > highest ? highest : wide);
}

/** A source may lie in a register wider than its type, a result goes into one: bytes tells the result's, width the source's. */
template <class Register, class From> void narrow(const Register* registers, From* values) {
  for (int lane = 0; lane < 32; lane++) values[lane] = From(registers[lane]);
}
template <class From> void sourceLanes(const Warp& w, const Instruction& i, From* values) {
  if constexpr (std::is_floating_point<From>::value) {
    memcpy(values, w.lanes<From>(i.a), 32 * sizeof(From));
  } else if (i.width == 2) {
    narrow(w.lanes<u16>(i.a), values);
  } else if (i.width == 4) {
    narrow(w.lanes<u32>(i.a), values);
  } else {
    narrow(w.lanes<u64>(i.a), values);
  }
}
template <class Register, class To> void widen(const To* values, Register* registers, u32 mask) {
  eachLane(mask, [=](int lane) { registers[lane] = Register(values[lane]); });
}
template <class To> void storeLanes(Warp& w, const Instruction& i, u32 mask, const To* values) {
  if constexpr (std::is_floating_point<To>::value) {
    widen(values, w.lanes<To>(i.d), mask);
  } else if (i.bytes == 2) {
    widen(values, w.lanes<u16>(i.d), mask);
  } else if (i.bytes == 4) {
    widen(values, w.lanes<u32>(i.d), mask);
  } else {
    widen(values, w.lanes<u64>(i.d), mask);
  }
}

template <class To, class From> To converted(From value, u8 options) {
  if constexpr (std::is_integral<To>::value && std::is_integral<From>::value) {
    return options & SATURATE ? saturated<To>(value) : To(value);
  } else if constexpr (std::is_integral<To>::value) {
    return toInteger<To>(toIntegral(double(flushed(value, options)), options));
  } else {
    To result;
    if constexpr (std::is_floating_point<From>::value) {
      value = flushed(value, options);
      result = options & INTEGRAL ? To(toIntegral(double(value), options)) : To(value);
    } else {
      result = To(value);
    }
    if (options & SATURATE) result = result > 0 ? result < 1 ? result : To(1) : To(0);
    return flushed(result, options);
  }
}

template <class To, class From> void convert(Warp& w, const Instruction& i, u32 mask) {
  From values[32];
  To results[32];
  sourceLanes(w, i, values);
  const u8 options = i.variant;
  if (std::is_floating_point<To>::value && (options & 3)) {
    fesetround(ROUNDINGS[options & 3]);
    for (int lane = 0; lane < 32; lane++) {
      volatile To result = converted<To>(values[lane], options);  // volatile: rounded here, not later
      results[lane] = result;
    }
    fesetround(FE_TONEAREST);
  } else {
    for (int lane = 0; lane < 32; lane++) results[lane] = converted<To>(values[lane], options);
  }
  storeLanes(w, i, mask, results);
}

template <class To> Handler fromAny(Type from) {
  switch (from) {
    case Type::U8: return convert<To, u8>;
    case Type::S8: return convert<To, s8>;
    case Type::U16: return convert<To, u16>;
    case Type::S16: return convert<To, s16>;
    case Type::U32: return convert<To, u32>;
    case Type::S32: return convert<To, s32>;
    case Type::U64: return convert<To, u64>;
    case Type::S64: return convert<To, s64>;
    case Type::F32: return convert<To, float>;
    case Type::F64: return convert<To, double>;
    default: return nullptr;
  }
}
Handler numeric(Type to, Type from) {
  switch (to) {
    case Type::U8: return fromAny<u8>(from);
    case Type::S8: return fromAny<s8>(from);
    case Type::U16: return fromAny<u16>(from);
    case Type::S16: return fromAny<s16>(from);
    case Type::U32: return fromAny<u32>(from);
    case Type::S32: return fromAny<s32>(from);
    case Type::U64: return fromAny<u64>(from);
    case Type::S64: return fromAny<s64>(from);
    case Type::F32: return fromAny<float>(from);
    case Type::F64: return fromAny<double>(from);
    default: return nullptr;
  }
}

template <class To, class From, To (*CONVERT)(From)> void convertEach(Warp& w, const Instruction& i, u32 mask) {
  To* d = w.lanes<To>(i.d);
  const From* a = w.lanes<From>(i.a);
  eachLane(mask, [=](int lane) { d[lane] = CONVERT(a[lane]); });
}
template <u16 (*CONVERT)(float)> void packPair(Warp& w, const Instruction& i, u32 mask) {
  u32* d = w.lanes<u32>(i.d);
  const float *high = w.lanes<float>(i.a), *low = w.lanes<float>(i.b);
  eachLane(mask, [=](int lane) { d[lane] = u32(CONVERT(high[lane])) << 16 | CONVERT(low[lane]); });
}

bool decodeSmall(Decoding& decoding, Type to, Type from) {
  bool zero = decoding.has("rz");
  if (to == Type::BF16X2 || to == Type::F16X2) {
    if (zero && to == Type::F16X2) decoding.reject("is not supported");
    decoding.type = Type::F32;
    decoding.binary(to == Type::F16X2 ? packPair<toFloat16> : zero ? packPair<toBfloat16TowardZero> : packPair<toBfloat16>);
    return true;
  }
  Handler handler = nullptr;
  if (to == Type::TF32 && from == Type::F32 && decoding.has("rna")) handler = convertEach<u32, float, toTensorFloat32>;
  if (to == Type::BF16 && from == Type::F32) {
    handler = zero ? convertEach<u16, float, toBfloat16TowardZero> : convertEach<u16, float, toBfloat16>;
  }
  if (to == Type::F16 && from == Type::F32 && !zero) handler = convertEach<u16, float, toFloat16>;
  if (to == Type::F32 && from == Type::BF16) handler = convertEach<float, u16, fromBfloat16>;
  if (to == Type::F32 && from == Type::F16) handler = convertEach<float, u16, fromFloat16>;
  if (handler) decoding.unary(handler);
  return handler != nullptr;
}

void decodeConvert(Decoding& decoding) {
  decoding.need(2);
  if (decoding.wordCount() < 3) decoding.reject("needs two types");
  const std::string toWord = decoding.word(decoding.wordCount() - 2);
  decoding.allow({toWord, "rn"});
  Type to = typeNamed(toWord), from = decoding.type;
  if (decodeSmall(decoding, to, from)) return;
  u8 rounding = decoding.has("rz") || decoding.has("rzi")   ? TOWARD_ZERO
                : decoding.has("rm") || decoding.has("rmi") ? DOWN
                : decoding.has("rp") || decoding.has("rpi") ? UP
                                                            : NEAREST;
  for (const char* integral : {"rni", "rzi", "rmi", "rpi"}) {
    if (decoding.has(integral)) rounding |= INTEGRAL;
  }
  if (decoding.has("sat")) rounding |= SATURATE;
  if (decoding.has("ftz")) rounding |= FLUSH;
  decoding.instruction.variant = rounding;
  const Operand& source = decoding.operands[1];
  decoding.unary(numeric(to, from));
  decoding.instruction.bytes = u8(std::max(2u, bytesOf(decoding.operands[0].type)));
  decoding.instruction.width = u8(std::max(2u, bytesOf(source.kind == Operand::REGISTER ? source.type : from)));
}

template <bool TO_SPACE> void convertAddress(Warp& w, const Instruction& i, u32 mask) {
  u64* d = w.lanes<u64>(i.d);
  const u64* a = w.lanes<u64>(i.a);
  const u64 window = i.space == Space::SHARED ? SHARED_WINDOW : i.space == Space::LOCAL ? LOCAL_WINDOW : 0;
  eachLane(mask, [=](int lane) { d[lane] = TO_SPACE ? a[lane] - window : a[lane] + window; });
}
void decodeConvertAddress(Decoding& decoding) {
  bool to = decoding.has("to");
  Instruction& i = decoding.instruction;
  i.space = decoding.has("shared") || decoding.has("shared::cta") ? Space::SHARED
            : decoding.has("local")                               ? Space::LOCAL
                                                                  : Space::GLOBAL;
  decoding.allow({"global", "const", "param"});
  if (bytesOf(decoding.type) != 8) decoding.reject("needs 64-bit addresses");
  decoding.unary(to ? convertAddress<true> : convertAddress<false>);
}

}  // namespace

void addConversions(Decoders& decoders) {
  decoders["cvt"] = decodeConvert;
  decoders["cvta"] = decodeConvertAddress;
}

}  // namespace standin
