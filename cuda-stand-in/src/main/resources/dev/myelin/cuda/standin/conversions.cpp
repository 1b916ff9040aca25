// cvt between integers, f32, f64, f16, bf16, tf32; cvta between address spaces.
#include <cfenv>
#include <cmath>
#include <limits>

#include "arithmetic.hpp"
#include "small-floats.hpp"

namespace standin {
namespace {

enum Rounding : u8 { NEAREST, TOWARD_ZERO, DOWN, UP, INTEGRAL = 4, SATURATE = 8, FLUSH = 16 };
constexpr int ROUNDINGS[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};

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

/** The result goes into a register of type Wide, extended as To is signed or not. */
template <class To, class From, class Wide> void convert(Warp& w, const Instruction& i, u32 mask) {
  Wide results[32];
  const From* a = w.lanes<From>(i.a);
  const u8 rounding = i.variant;
  if constexpr (std::is_integral<To>::value && std::is_integral<From>::value) {
    if (rounding & SATURATE) {
      eachLane(mask, [&](int lane) { results[lane] = Wide(saturated<To>(a[lane])); });
    } else {
      eachLane(mask, [&](int lane) { results[lane] = Wide(To(a[lane])); });
    }
  } else {
    const bool toIntegers = std::is_integral<To>::value;
    fesetround(ROUNDINGS[toIntegers ? 0 : rounding & 3]);
    eachLane(mask, [&](int lane) {
      From value = a[lane];
      if constexpr (std::is_same<From, float>::value) {
        if ((rounding & FLUSH) && std::fabs(value) < std::numeric_limits<float>::min()) value = std::copysign(0.0f, value);
      }
      if constexpr (std::is_integral<To>::value) {
        results[lane] = Wide(toInteger<To>(toIntegral(double(value), rounding)));
      } else {
        To result = To(value);
        if constexpr (std::is_floating_point<From>::value) {
          if (rounding & INTEGRAL) result = To(toIntegral(double(value), rounding));
        }
        if (rounding & SATURATE) result = result > 0 ? result < 1 ? result : To(1) : To(0);
        if (std::is_same<To, float>::value && (rounding & FLUSH) && std::fabs(result) < std::numeric_limits<float>::min()) {
          result = std::copysign(To(0), result);
        }
        results[lane] = result;
      }
    });
    fesetround(FE_TONEAREST);
  }
  Wide* d = w.lanes<Wide>(i.d);
  eachLane(mask, [&](int lane) { d[lane] = results[lane]; });
}

template <class To, class Wide> Handler fromAny(Type from) {
  switch (from) {
    case Type::U8: return convert<To, u8, Wide>;
    case Type::S8: return convert<To, s8, Wide>;
    case Type::U16: return convert<To, u16, Wide>;
    case Type::S16: return convert<To, s16, Wide>;
    case Type::U32: return convert<To, u32, Wide>;
    case Type::S32: return convert<To, s32, Wide>;
    case Type::U64: return convert<To, u64, Wide>;
    case Type::S64: return convert<To, s64, Wide>;
    case Type::F32: return convert<To, float, Wide>;
    case Type::F64: return convert<To, double, Wide>;
    default: return nullptr;
  }
}
template <class To> Handler toWidth(Type from, u32 registerBytes) {
  if constexpr (std::is_floating_point<To>::value) return fromAny<To, To>(from);
  else if constexpr (std::is_signed<To>::value) {
    if (registerBytes <= 2 && sizeof(To) <= 2) return fromAny<To, s16>(from);
    if (registerBytes == 4 && sizeof(To) <= 4) return fromAny<To, s32>(from);
    return fromAny<To, s64>(from);
  } else {
    if (registerBytes <= 2 && sizeof(To) <= 2) return fromAny<To, u16>(from);
    if (registerBytes == 4 && sizeof(To) <= 4) return fromAny<To, u32>(from);
    return fromAny<To, u64>(from);
  }
}
Handler numeric(Type to, Type from, u32 registerBytes) {
  switch (to) {
    case Type::U8: return toWidth<u8>(from, registerBytes);
    case Type::S8: return toWidth<s8>(from, registerBytes);
    case Type::U16: return toWidth<u16>(from, registerBytes);
    case Type::S16: return toWidth<s16>(from, registerBytes);
    case Type::U32: return toWidth<u32>(from, registerBytes);
    case Type::S32: return toWidth<s32>(from, registerBytes);
    case Type::U64: return toWidth<u64>(from, registerBytes);
    case Type::S64: return toWidth<s64>(from, registerBytes);
    case Type::F32: return toWidth<float>(from, registerBytes);
    case Type::F64: return toWidth<double>(from, registerBytes);
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
  decoding.unary(numeric(to, from, bytesOf(decoding.operands[0].type)));
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
