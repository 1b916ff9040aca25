// bf16, f16 and tf32 from and to f32.
#pragma once
#include <cmath>

#include "base.hpp"

namespace standin {

inline float fromBfloat16(u16 bits) { return bitsAs<float>(u32(bits) << 16); }

/** To bf16, to the nearest, ties to even. NaN becomes 0x7fff, as the hardware has it. */
inline u16 toBfloat16(float value) {
  u32 bits = bitsAs<u32>(value);
  if (value != value) return 0x7fff;
  return u16((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
inline u16 toBfloat16TowardZero(float value) { return value != value ? 0x7fff : u16(bitsAs<u32>(value) >> 16); }

inline float fromFloat16(u16 bits) {
  int exponent = bits >> 10 & 31;
  float fraction = float(bits & 1023);
  float magnitude = exponent == 31 ? (bits & 1023 ? NAN : INFINITY)
                    : exponent     ? std::ldexp(fraction + 1024, exponent - 25)
                                   : std::ldexp(fraction, -24);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** To f16, to the nearest, ties to even. */
inline u16 toFloat16(float value) {
  u16 sign = u16(bitsAs<u32>(value) >> 16 & 0x8000);
  if (value != value) return 0x7fff;
  float magnitude = std::fabs(value);
  if (magnitude >= 65520.0f) return sign | 0x7c00;
  if (magnitude < 0x1p-14f) return u16(sign | u16(std::nearbyint(magnitude * 0x1p24f)));
  u32 bits = bitsAs<u32>(magnitude);
  bits += 0xfff + (bits >> 13 & 1);
  return u16(sign | ((bits >> 13) - (112 << 10)));
}

/** To tf32 (19 bits), to the nearest, ties away from zero. */
inline u32 toTensorFloat32(float value) {
  u32 bits = bitsAs<u32>(value);
  return value != value ? 0x7fffffff : (bits + 0x1000u) & 0xffffe000u;
}
/** What a tensor core makes of the 32 bits that it is given: it does not look at the lowest 13. */
inline float fromTensorFloat32(u32 bits) { return bitsAs<float>(bits & 0xffffe000u); }

}  // namespace standin
