// Handlers made of an operation on one lane: Op::apply(x, y) on T becomes a loop over the lanes.
#pragma once
#include "decoding.hpp"
#include "warp.hpp"

namespace standin {

template <class Op, class T> void unaryLanes(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T* a = w.lanes<T>(i.a);
  eachLane(mask, [=](int lane) { d[lane] = Op::apply(a[lane]); });
}
template <class Op, class T> void binaryLanes(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b);
  eachLane(mask, [=](int lane) { d[lane] = Op::apply(a[lane], b[lane]); });
}
template <class Op, class T> void ternaryLanes(Warp& w, const Instruction& i, u32 mask) {
  T* d = w.lanes<T>(i.d);
  const T *a = w.lanes<T>(i.a), *b = w.lanes<T>(i.b), *c = w.lanes<T>(i.c);
  eachLane(mask, [=](int lane) { d[lane] = Op::apply(a[lane], b[lane], c[lane]); });
}

#define STANDIN_BY_INTEGER(FORM)                                 \
  template <class Op> Handler FORM##Integer(Type type) {         \
    switch (type) {                                              \
      case Type::B16: case Type::U16: return FORM##Lanes<Op, u16>; \
      case Type::S16: return FORM##Lanes<Op, s16>;               \
      case Type::B32: case Type::U32: return FORM##Lanes<Op, u32>; \
      case Type::S32: return FORM##Lanes<Op, s32>;               \
      case Type::B64: case Type::U64: return FORM##Lanes<Op, u64>; \
      case Type::S64: return FORM##Lanes<Op, s64>;               \
      default: return nullptr;                                   \
    }                                                            \
  }                                                              \
  template <class Op> Handler FORM##Float(Type type) {           \
    return type == Type::F32   ? FORM##Lanes<Op, float>          \
           : type == Type::F64 ? FORM##Lanes<Op, double>         \
                               : static_cast<Handler>(nullptr);  \
  }
STANDIN_BY_INTEGER(unary)
STANDIN_BY_INTEGER(binary)
STANDIN_BY_INTEGER(ternary)
#undef STANDIN_BY_INTEGER

}  // namespace standin
