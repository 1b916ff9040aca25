// mov, of whole registers and between a register and its parts.
#include "arithmetic.hpp"

namespace standin {
namespace {

struct Same { template <class T> static T apply(T x) { return x; } };

void movePredicate(Warp& w, const Instruction& i, u32 mask) {
  u32& d = w.predicate(i.d);
  d = (d & ~mask) | (w.predicate(i.a) & mask);
}

template <class Whole, class Part> void unpack(Warp& w, const Instruction& i, u32 mask) {
  const Whole* a = w.lanes<Whole>(i.a);
  for (int part = 0; part < i.count; part++) {
    Part* d = w.lanes<Part>(i.list[size_t(part)]);
    const int shift = 8 * int(sizeof(Part)) * part;
    eachLane(mask, [=](int lane) { d[lane] = Part(a[lane] >> shift); });
  }
}
template <class Whole, class Part> void pack(Warp& w, const Instruction& i, u32 mask) {
  Whole whole[32] = {};
  for (int part = 0; part < i.count; part++) {
    const Part* a = w.lanes<Part>(i.list[size_t(part)]);
    const int shift = 8 * int(sizeof(Part)) * part;
    eachLane(mask, [&](int lane) { whole[lane] |= Whole(a[lane]) << shift; });
  }
  Whole* d = w.lanes<Whole>(i.d);
  eachLane(mask, [&](int lane) { d[lane] = whole[lane]; });
}

void decodePack(Decoding& decoding, bool unpacking) {
  Instruction& i = decoding.instruction;
  const std::vector<Operand>& parts = decoding.operands[unpacking ? 0 : 1].elements;
  u32 bytes = bytesOf(decoding.type), part = parts.empty() ? 0 : bytes / u32(parts.size());
  i.count = u8(parts.size());
  if (unpacking) {
    i.run = bytes == 8 && part == 4   ? unpack<u64, u32>
            : bytes == 8 && part == 2 ? unpack<u64, u16>
            : bytes == 4 && part == 2 ? unpack<u32, u16>
                                      : static_cast<Handler>(nullptr);
    i.a = decoding.read(1, decoding.type);
    for (const Operand& element : parts) i.list.push_back(decoding.write(element));
  } else {
    i.run = bytes == 8 && part == 4   ? pack<u64, u32>
            : bytes == 8 && part == 2 ? pack<u64, u16>
            : bytes == 4 && part == 2 ? pack<u32, u16>
                                      : static_cast<Handler>(nullptr);
    for (const Operand& element : parts) i.list.push_back(decoding.read(element, part == 4 ? Type::B32 : Type::B16));
    i.d = decoding.write(0);
  }
}

void decodeMove(Decoding& decoding) {
  decoding.need(2);
  if (decoding.operands[0].kind == Operand::VECTOR) return decodePack(decoding, true);
  if (decoding.operands[1].kind == Operand::VECTOR) return decodePack(decoding, false);
  if (decoding.type == Type::PRED) return decoding.unary(movePredicate);
  switch (bytesOf(decoding.type)) {
    case 2: return decoding.unary(unaryLanes<Same, u16>);
    case 4: return decoding.unary(unaryLanes<Same, u32>);
    case 8: return decoding.unary(unaryLanes<Same, u64>);
    default: decoding.reject("is not supported for this type");
  }
}

}  // namespace

void addMoves(Decoders& decoders) { decoders["mov"] = decodeMove; }

}  // namespace standin
