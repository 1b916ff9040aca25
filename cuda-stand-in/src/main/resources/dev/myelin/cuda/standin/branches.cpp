// Branches, ends, barriers, fences, hints.
#include "arithmetic.hpp"

namespace standin {
namespace {

void nothing(Warp&, const Instruction&, u32) {}
void warpBarrier(Warp& w, const Instruction&, u32) { w.phase++; }
void deviceFence(Warp& w, const Instruction&, u32) { w.block->fenced = true; }
void trap(Warp& w, const Instruction& i, u32 mask) {
  throw Fault(LAUNCH_FAILED, "trap: " + where(w, i, u32(__builtin_ctz(mask))));
}

void decodeBranch(Decoding& decoding) {
  decoding.allow({"uni"});
  decoding.need(1);
  if (decoding.operands[0].kind != Operand::LABEL) decoding.reject("needs a label");
  decoding.instruction.flow = Flow::BRANCH;
  decoding.branchTo(decoding.operands[0].name);
}
void decodeEnd(Decoding& decoding) {
  decoding.allow({"uni"});
  decoding.instruction.flow = Flow::EXIT;
}

/** bar.sync and barrier.sync: offset is the barrier's number, offset2 the threads that meet there (-1: all). */
void decodeBarrier(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  if (decoding.has("warp")) {
    decoding.allow({"sync"});
    i.run = warpBarrier;
    return;
  }
  if (!decoding.has("sync")) decoding.reject("is not supported (only .sync is)");
  decoding.allow({"cta", "aligned"});
  for (const Operand& operand : decoding.operands) {
    if (operand.kind != Operand::IMMEDIATE) decoding.reject("needs immediate operands");
  }
  i.flow = Flow::BARRIER;
  i.offset = decoding.operands.empty() ? 0 : decoding.operands[0].value;
  i.offset2 = decoding.operands.size() > 1 ? decoding.operands[1].value : -1;
}

/** Only what orders blocks matters here: threads of one block are never reordered. */
void decodeFence(Decoding& decoding) {
  bool device = decoding.has("gl") || decoding.has("gpu") || decoding.has("sys");
  decoding.allow({"cta", "sc", "acq_rel", "acquire", "release", "proxy", "async", "async::global", "async::shared::cta",
                  "shared::cta", "global", "cluster"});
  decoding.instruction.run = device ? deviceFence : nothing;
}

/** What changes no result. */
void decodeHint(Decoding& decoding) {
  for (size_t index = 1; index < decoding.wordCount(); index++) decoding.has(decoding.word(index));
  decoding.instruction.run = nothing;
}

}  // namespace

void addBranches(Decoders& decoders) {
  decoders["bra"] = decodeBranch;
  decoders["ret"] = decodeEnd;
  decoders["exit"] = decodeEnd;
  decoders["bar"] = decodeBarrier;
  decoders["barrier"] = decodeBarrier;
  decoders["membar"] = decodeFence;
  decoders["fence"] = decodeFence;
  decoders["trap"] = [](Decoding& decoding) { decoding.instruction.run = trap; };
  for (const char* hint : {"prefetch", "prefetchu", "nanosleep", "discard", "applypriority"}) decoders[hint] = decodeHint;
}

}  // namespace standin
