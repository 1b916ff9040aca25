// shfl.sync, vote.sync, match, redux, activemask: exchange among the lanes of a warp. Each synchronises those lanes.
#include <algorithm>

#include "arithmetic.hpp"

namespace standin {
namespace {

enum Direction : u8 { UP, DOWN, BUTTERFLY, INDEX };

/** Every live lane that the member mask names must be here: elsewhere the hardware would wait for it forever. */
void checkMembers(Warp& w, const Instruction& i, u32 mask, const u32* members) {
  for (u32 rest = mask; rest; rest &= rest - 1) {
    u32 lane = u32(__builtin_ctz(rest));
    if ((members[lane] & w.live & ~mask) || !(members[lane] >> lane & 1)) {
      w.block->grid->report("divergence", i.line, "the member mask does not name the lanes that are here: " + where(w, i, lane));
      return;
    }
  }
}

/** Source lane as PTX's pseudo code has it: b is the distance or index, c packs a clamp and a segment mask. */
void shuffle(Warp& w, const Instruction& i, u32 mask) {
  const u32 *a = w.lanes<u32>(i.a), *b = w.lanes<u32>(i.b), *c = w.lanes<u32>(i.c);
  checkMembers(w, i, mask, w.lanes<u32>(i.e));
  u32 results[32], inRange = 0;
  for (u32 rest = mask; rest; rest &= rest - 1) {
    int lane = __builtin_ctz(rest);
    int distance = int(b[lane] & 31), clamp = int(c[lane] & 31), segment = int(c[lane] >> 8 & 31);
    int last = (lane & segment) | (clamp & ~segment), first = lane & segment, from;
    bool within;
    switch (i.variant) {
      case UP: from = lane - distance, within = from >= last; break;
      case DOWN: from = lane + distance, within = from <= last; break;
      case BUTTERFLY: from = lane ^ distance, within = from <= last; break;
      default: from = first | (distance & ~segment), within = from <= last; break;
    }
    if (!within) from = lane;
    if (!(mask >> from & 1)) {
      w.block->grid->report("divergence", i.line, "shfl.sync reads an inactive lane: " + where(w, i, u32(lane)));
    }
    results[lane] = a[from];
    inRange |= u32(within) << lane;
  }
  u32* d = w.lanes<u32>(i.d);
  eachLane(mask, [&](int lane) { d[lane] = results[lane]; });
  if (!i.list.empty()) {
    u32& predicate = w.predicate(i.list[0]);
    predicate = (predicate & ~mask) | inRange;
  }
  w.phase++;
}
void decodeShuffle(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  decoding.need(5);
  i.variant = decoding.has("up") ? UP : decoding.has("down") ? DOWN : decoding.has("bfly") ? BUTTERFLY : INDEX;
  decoding.allow({"sync", "idx"});
  if (decoding.operands[0].second >= 0) {
    Operand within = decoding.operands[0];
    within.slot = within.second;
    i.list.push_back(decoding.write(within));
  }
  decoding.ternary(shuffle);
  i.e = decoding.read(4, Type::B32);
}

enum Vote : u8 { ALL, ANY, UNIFORM, BALLOT };

void vote(Warp& w, const Instruction& i, u32 mask) {
  checkMembers(w, i, mask, w.lanes<u32>(i.b));
  u32 source = i.flag ? ~w.predicate(i.a) : w.predicate(i.a);
  if (i.variant == BALLOT) {
    u32* d = w.lanes<u32>(i.d);
    const u32* members = w.lanes<u32>(i.b);
    eachLane(mask, [=](int lane) { d[lane] = source & members[lane] & mask; });
  } else {
    u32 result = 0;
    for (u32 rest = mask; rest; rest &= rest - 1) {
      u32 members = w.lanes<u32>(i.b)[__builtin_ctz(rest)] & mask, yes = source & members;
      bool holds = i.variant == ALL ? yes == members : i.variant == ANY ? yes != 0 : yes == members || yes == 0;
      result |= u32(holds) << __builtin_ctz(rest);
    }
    u32& d = w.predicate(i.d);
    d = (d & ~mask) | result;
  }
  w.phase++;
}
void decodeVote(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  decoding.need(3);
  i.variant = decoding.has("ballot") ? BALLOT : decoding.has("all") ? ALL : decoding.has("any") ? ANY : UNIFORM;
  decoding.allow({"sync", "uni"});
  i.flag = decoding.operands[1].negated;
  decoding.operands[1].negated = false;
  i.run = vote;
  i.a = decoding.read(1, Type::PRED);
  i.b = decoding.read(2, Type::B32);
  i.d = decoding.write(0);
}

void activeMask(Warp& w, const Instruction& i, u32 mask) {
  u32* d = w.lanes<u32>(i.d);
  eachLane(mask, [=](int lane) { d[lane] = mask; });
}

enum Reduction : u8 { SUM, LEAST, GREATEST, CONJUNCTION, DISJUNCTION, PARITY };

template <class T> void reduce(Warp& w, const Instruction& i, u32 mask) {
  checkMembers(w, i, mask, w.lanes<u32>(i.b));
  const T* a = w.lanes<T>(i.a);
  T total = a[__builtin_ctz(mask)];
  for (u32 rest = mask & (mask - 1); rest; rest &= rest - 1) {
    T x = a[__builtin_ctz(rest)];
    switch (i.variant) {
      case SUM: total = T(total + x); break;
      case LEAST: total = std::min(total, x); break;
      case GREATEST: total = std::max(total, x); break;
      case CONJUNCTION: total = T(total & x); break;
      case DISJUNCTION: total = T(total | x); break;
      default: total = T(total ^ x); break;
    }
  }
  T* d = w.lanes<T>(i.d);
  eachLane(mask, [=](int lane) { d[lane] = total; });
  w.phase++;
}
void decodeReduce(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  i.variant = decoding.has("add")   ? SUM
              : decoding.has("min") ? LEAST
              : decoding.has("max") ? GREATEST
              : decoding.has("and") ? CONJUNCTION
              : decoding.has("or")  ? DISJUNCTION
                                    : PARITY;
  decoding.allow({"sync", "xor"});
  decoding.unary(decoding.type == Type::S32 ? reduce<s32> : reduce<u32>);
  i.b = decoding.read(2, Type::B32);
}

}  // namespace

void addWarpExchange(Decoders& decoders) {
  decoders["shfl"] = decodeShuffle;
  decoders["vote"] = decodeVote;
  decoders["redux"] = decodeReduce;
  decoders["activemask"] = [](Decoding& decoding) {
    decoding.instruction.run = activeMask;
    decoding.instruction.d = decoding.write(0);
  };
}

}  // namespace standin
