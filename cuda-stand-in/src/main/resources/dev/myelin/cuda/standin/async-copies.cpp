// cp.async: copies from global to shared memory that arrive at their wait, and not before. Until then the destination
// holds NaN and is marked as in flight, so that a kernel that reads it without cp.async.wait_group is seen in its result
// and, with checks on, by name. Source: PTX ISA, "Data Movement and Conversion Instructions: Asynchronous copy".
#include <algorithm>

#include "arithmetic.hpp"

namespace standin {
namespace {

void issue(Warp& w, const Instruction& i, u32 mask) {
  u64 shared[32], global[32];
  addressesOf(w, i.a, i.width, i.offset, shared);
  addressesOf(w, i.b, 8, i.offset2, global);
  Block& block = *w.block;
  for (; mask; mask &= mask - 1) {
    u32 lane = u32(__builtin_ctz(mask));
    u32 bytes = i.bytes, source = i.c >= 0 ? std::min(bytes, w.lanes<u32>(i.c)[lane]) : bytes;
    if (shared[lane] >= SHARED_WINDOW) shared[lane] -= SHARED_WINDOW;
    if (shared[lane] % bytes || global[lane] % bytes) {
      throw Fault(MISALIGNED_ADDRESS, text("cp.async of %d bytes, shared 0x%llx, global 0x%llx: ", int(bytes),
                                           Count(shared[lane]),
                                           Count(global[lane])) + where(w, i, lane));
    }
    memset(sharedAt(w, i, lane, shared[lane], bytes, true), 0xff, bytes);
    if (source) globalAt(w, i, lane, global[lane], source, false);
    if (block.grid->checks.races) {
      const int shift = block.shadow.granuleShift;
      for (u64 at = shared[lane] >> shift; at <= (shared[lane] + bytes - 1) >> shift; at++) {
        block.shadow.granules[at].written = IN_FLIGHT;
      }
    }
    w.copies.push_back({lane, w.openGroup[lane], shared[lane], global[lane], bytes, source});
  }
}

void arrive(Warp& w, const Instruction& i, const PendingCopy& copy) {
  Block& block = *w.block;
  u8* target = block.shared.data() + copy.sharedAddress;
  memset(target, 0, copy.bytes);
  if (copy.sourceBytes) {
    u8* source = block.grid->memory->range(copy.globalAddress, copy.sourceBytes);
    if (!source) throw Fault(ILLEGAL_ADDRESS, "source of cp.async is gone: " + where(w, i, copy.lane));
    memcpy(target, source, copy.sourceBytes);
  }
  if (!block.grid->checks.races) return;
  const int shift = block.shadow.granuleShift;
  for (u64 at = copy.sharedAddress >> shift; at <= (copy.sharedAddress + copy.bytes - 1) >> shift; at++) {
    block.shadow.granules[at].written = stampOf(block.epochs.now, w.phase, w.thread(copy.lane));
  }
}

void commit(Warp& w, const Instruction&, u32 mask) {
  eachLane(mask, [&](int lane) { w.openGroup[lane]++; });
}

/** Waits until at most `offset` committed groups of each lane are under way; flag: also for what is not committed. */
void wait(Warp& w, const Instruction& i, u32 mask) {
  size_t kept = 0;
  for (const PendingCopy& copy : w.copies) {
    bool waits = mask >> copy.lane & 1;
    bool done = i.flag || s64(copy.group) + i.offset < s64(w.openGroup[copy.lane]);
    if (waits && done) {
      arrive(w, i, copy);
    } else {
      w.copies[kept++] = copy;
    }
  }
  w.copies.resize(kept);
}

void decodeCopy(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  if (!decoding.has("async")) decoding.reject("is not supported");
  if (decoding.has("commit_group")) {
    i.run = commit;
  } else if (decoding.has("wait_group")) {
    decoding.need(1);
    i.run = wait;
    i.offset = decoding.operands[0].value;
  } else if (decoding.has("wait_all")) {
    i.run = wait;
    i.flag = true;
  } else {
    decoding.need(3);
    decoding.allow({"ca", "cg", "shared", "shared::cta", "global", "L2::64B", "L2::128B", "L2::256B"});
    i.space = Space::SHARED;
    decoding.address(decoding.operands[1]);
    Slot global = i.a;
    i.offset2 = i.offset;
    decoding.address(decoding.operands[0]);
    i.b = global;
    if (decoding.operands[2].kind != Operand::IMMEDIATE) decoding.reject("needs an immediate size");
    i.bytes = u8(decoding.operands[2].value);
    if (i.bytes != 4 && i.bytes != 8 && i.bytes != 16) decoding.reject("copies 4, 8 or 16 bytes");
    if (decoding.operands.size() > 3) {
      if (decoding.operands[3].type == Type::PRED) decoding.reject("with a predicate operand is not supported");
      i.c = decoding.read(3, Type::U32);
    }
    i.run = issue;
  }
}

}  // namespace

void addAsyncCopies(Decoders& decoders) { decoders["cp"] = decodeCopy; }

}  // namespace standin
