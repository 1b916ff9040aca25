// wgmma.mma_async with f32 accumulators: m64nNk16 of bf16 and f16, m64nNk8 of tf32; A from shared memory or registers, B
// from shared memory. Results arrive at wgmma.wait_group: until then the accumulators hold NaN, so that a missing wait is
// seen in the result, and operands are read at the wait, so that overwriting them too early is seen as well.
// Each warp of the four computes its 16 rows. Layouts: PTX ISA, "Asynchronous Warpgroup Level Matrix Instructions", and
// the canonical layouts of "Matrix Descriptor Format".
#include <algorithm>
#include <map>

#include "arithmetic.hpp"
#include "small-floats.hpp"

namespace standin {

namespace {

enum Element : u8 { TENSOR_FLOAT_32, BFLOAT_16, FLOAT_16 };
constexpr u8 TRANSPOSED_A = 16, TRANSPOSED_B = 32, NEGATED_A = 64, NEGATED_B = 128;

struct Multiply {
  const Instruction* instruction;
  u32 group;
  bool accumulates;
  u64 a, b;                    // descriptors
  std::vector<u32> fragment;  // of A, when it came in registers: 4 x 32 lanes
};

}  // namespace

struct PendingMultiplies {
  u32 openGroup = 0;
  std::vector<Multiply> queue;
  std::map<std::vector<Slot>, std::vector<float>> accumulators;  // by their registers
};

namespace {

u32 elementBytes(u8 element) { return element == TENSOR_FLOAT_32 ? 4 : 2; }
float elementOf(u8 element, const u8* at) {
  if (element == TENSOR_FLOAT_32) {
    u32 bits;
    memcpy(&bits, at, 4);
    return fromTensorFloat32(bits);
  }
  u16 bits;
  memcpy(&bits, at, 2);
  return element == BFLOAT_16 ? fromBfloat16(bits) : fromFloat16(bits);
}

/** Where an operand's element lies. `outer` counts rows of A or columns of B, `k` the summed index. */
u64 addressIn(u64 descriptor, u32 outer, u32 k, u32 bytes, bool outerMajor) {
  auto field = [&](int shift) { return (descriptor >> shift & 0x3fff) << 4; };
  const u64 start = field(0), leading = field(16), stride = field(32);
  const u32 mode = u32(descriptor >> 62);  // 0: none, 1: 128 bytes, 2: 64, 3: 32
  const u64 span = mode == 0 ? 16 : 256 >> mode;
  u64 address;
  if (!outerMajor) {
    u64 along = u64(k) * bytes;
    address = start + outer / 8 * stride + outer % 8 * span + (mode == 0 ? along / 16 * leading + along % 16 : along);
  } else {
    u64 along = u64(outer) * bytes;
    address = start + along % span + k % 8 * span +
              (mode == 0 ? along / span * stride + k / 8 * leading : along / span * leading + k / 8 * stride);
  }
  const u64 swizzled = mode == 1 ? 7 : mode == 2 ? 3 : mode == 3 ? 1 : 0;
  return address ^ (address >> 7 & swizzled) << 4;
}

/** Reads `outers` x depth elements into rows of `depth`, 16 bytes at a time: no layout tears those apart. */
void readOperand(Warp& w, const Multiply& m, u64 descriptor, u32 firstOuter, u32 outers, bool transposed, float* to) {
  const Instruction& i = *m.instruction;
  const u8 element = i.variant & 15;
  const u32 bytes = elementBytes(element), depth = 32 / bytes, run = 16 / bytes;
  for (u32 outer = 0; outer < outers; outer += transposed ? run : 1) {
    for (u32 k = 0; k < depth; k += transposed ? 1 : run) {
      const u8* from = sharedAt(w, i, 0, addressIn(descriptor, firstOuter + outer, k, bytes, transposed), 16, false);
      for (u32 part = 0; part < run; part++) {
        u32 at = transposed ? (outer + part) * depth + k : outer * depth + k + part;
        to[at] = elementOf(element, from + part * bytes);
      }
    }
  }
}

void readFragment(const Multiply& m, float* to) {
  const u8 element = m.instruction->variant & 15;
  const u32 bytes = elementBytes(element), depth = 32 / bytes;
  for (u32 lane = 0; lane < 32; lane++) {
    for (u32 r = 0; r < 4; r++) {
      const u8* word = reinterpret_cast<const u8*>(&m.fragment[r * 32 + lane]);
      u32 row = lane / 4 + (r & 1) * 8, k = lane % 4 * (4 / bytes) + (r >> 1) * (16 / bytes);
      for (u32 part = 0; part < 4 / bytes; part++) to[row * depth + k + part] = elementOf(element, word + part * bytes);
    }
  }
}

void perform(Warp& w, const Multiply& m, std::vector<float>& accumulator) {
  const Instruction& i = *m.instruction;
  const u32 depth = 32 / elementBytes(i.variant & 15), columns = u32(i.list.size()) * 2;
  float a[16 * 16];
  std::vector<float> b(columns * depth);
  if (m.fragment.empty()) {
    readOperand(w, m, m.a, w.index % 4 * 16, 16, i.variant & TRANSPOSED_A, a);
  } else {
    readFragment(m, a);
  }
  readOperand(w, m, m.b, 0, columns, i.variant & TRANSPOSED_B, b.data());
  const double sign = ((i.variant & NEGATED_A) != 0) != ((i.variant & NEGATED_B) != 0) ? -1 : 1;
  for (u32 q = 0; q < columns / 2; q++) {
    for (u32 lane = 0; lane < 32; lane++) {
      u32 row = lane / 4 + (q >> 1 & 1) * 8, column = q / 4 * 8 + lane % 4 * 2 + (q & 1);
      float& d = accumulator[q * 32 + lane];
      double sum = 0;
      for (u32 k = 0; k < depth; k++) sum += double(a[row * depth + k]) * double(b[column * depth + k]);
      d = float((m.accumulates ? double(d) : 0) + sign * sum);
    }
  }
  w.block->grid->statistics.multiplyAdds += u64(16 * columns * depth);
}

PendingMultiplies& pending(Warp& w) {
  if (!w.multiplies) w.multiplies = std::make_shared<PendingMultiplies>();
  return *w.multiplies;
}

u64 uniform(Warp& w, const Instruction& i, Slot slot) {
  const u64* lanes = w.lanes<u64>(slot);
  for (u32 lane = 1; lane < 32; lane++) {
    if (lanes[lane] != lanes[0]) throw Fault(ILLEGAL_INSTRUCTION, "wgmma descriptors differ in a warp: " + where(w, i, lane));
  }
  return lanes[0];
}

void hideAccumulator(Warp& w, PendingMultiplies& all, const Instruction& i) {
  if (all.accumulators.count(i.list)) return;
  for (const auto& other : all.accumulators) {
    for (Slot slot : i.list) {
      if (std::find(other.first.begin(), other.first.end(), slot) != other.first.end()) {
        throw Fault(ILLEGAL_INSTRUCTION, "wgmma accumulators overlap those of one under way: " + where(w, i, 0));
      }
    }
  }
  std::vector<float>& hidden = all.accumulators[i.list];
  hidden.resize(i.list.size() * 32);
  for (size_t q = 0; q < i.list.size(); q++) {
    float* lanes = w.lanes<float>(i.list[q]);
    for (u32 lane = 0; lane < 32; lane++) {
      hidden[q * 32 + lane] = lanes[lane];
      lanes[lane] = NAN;
    }
  }
}

void issue(Warp& w, const Instruction& i, u32 mask) {
  if (mask != ALL_LANES || w.block->threads % 128) {
    throw Fault(ILLEGAL_INSTRUCTION, "wgmma needs whole warpgroups: " + where(w, i, 0));
  }
  PendingMultiplies& all = pending(w);
  Multiply m{&i, all.openGroup, true, 0, uniform(w, i, i.b), {}};
  if (i.c >= 0) m.accumulates = w.predicate(i.c) & 1;
  if (i.flag) m.accumulates = false;
  if (i.a >= 0) {
    m.a = uniform(w, i, i.a);
  } else {
    for (Slot slot : i.fragment) {
      const u32* lanes = w.lanes<u32>(slot);
      m.fragment.insert(m.fragment.end(), lanes, lanes + 32);
    }
  }
  hideAccumulator(w, all, i);
  all.queue.push_back(std::move(m));
}

void commit(Warp& w, const Instruction&, u32) { pending(w).openGroup++; }

void wait(Warp& w, const Instruction& i, u32) {
  PendingMultiplies& all = pending(w);
  std::vector<Multiply> left;
  for (Multiply& m : all.queue) {
    if (s64(m.group) + i.offset < s64(all.openGroup)) {
      perform(w, m, all.accumulators[m.instruction->list]);
    } else {
      left.push_back(std::move(m));
    }
  }
  all.queue = std::move(left);
  for (auto accumulator = all.accumulators.begin(); accumulator != all.accumulators.end();) {
    bool busy = std::any_of(all.queue.begin(), all.queue.end(),
                            [&](const Multiply& m) { return m.instruction->list == accumulator->first; });
    if (!busy) {
      for (size_t q = 0; q < accumulator->first.size(); q++) {
        memcpy(w.lanes<float>(accumulator->first[q]), &accumulator->second[q * 32], 32 * sizeof(float));
      }
    }
    accumulator = busy ? std::next(accumulator) : all.accumulators.erase(accumulator);
  }
}
void fence(Warp&, const Instruction&, u32) {}

/** Immediate operands from the first on: signs of A and B, then whether A and B are transposed. */
u8 options(Decoding& decoding, size_t first, bool fragment) {
  u8 found = 0;
  auto immediate = [&](size_t index) {
    if (index >= decoding.operands.size()) return s64(0);
    if (decoding.operands[index].kind != Operand::IMMEDIATE) decoding.reject("needs immediate options");
    return decoding.operands[index].value;
  };
  if (immediate(first) == -1) found |= NEGATED_A;
  if (immediate(first + 1) == -1) found |= NEGATED_B;
  if (!fragment && immediate(first + 2)) found |= TRANSPOSED_A;
  if (immediate(first + (fragment ? 2 : 3))) found |= TRANSPOSED_B;
  return found;
}

void decodeMultiplyAsync(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  decoding.need(4);
  decoding.allow({"sync", "aligned"});
  const bool tensorFloat = decoding.has("tf32"), brain = decoding.has("bf16"), ieee = decoding.has("f16");
  const std::string shape = decoding.starting("m64n");
  unsigned columns = 0, depth = 0;
  if (sscanf(shape.c_str(), "m64n%uk%u", &columns, &depth) != 2 || depth != (tensorFloat ? 8u : 16u) ||
      tensorFloat + brain + ieee != 1 || decoding.word(5) != "f32") {
    decoding.reject("is not supported");
  }
  decoding.allow({"f32"});
  const Operand &d = decoding.operands[0], &a = decoding.operands[1], &scale = decoding.operands[3];
  const bool fragment = a.kind == Operand::VECTOR;
  if (d.elements.size() * 2 != columns || (fragment && a.elements.size() != 4)) {
    decoding.reject("has a fragment of another size than its shape's");
  }
  i.variant = u8((tensorFloat ? TENSOR_FLOAT_32 : brain ? BFLOAT_16 : FLOAT_16) | options(decoding, 4, fragment));
  if (tensorFloat && (i.variant & (TRANSPOSED_A | TRANSPOSED_B))) decoding.reject("cannot transpose tf32");
  for (const Operand& element : d.elements) {
    decoding.read(element, Type::F32);
    i.list.push_back(decoding.write(element));
  }
  if (fragment) {
    for (const Operand& element : a.elements) i.fragment.push_back(decoding.read(element, Type::B32));
  } else {
    i.a = decoding.read(a, Type::B64);
  }
  i.b = decoding.read(2, Type::B64);
  if (scale.kind == Operand::IMMEDIATE) {
    i.flag = scale.value == 0;
  } else {
    i.c = decoding.read(scale, Type::PRED);
  }
  i.run = issue;
}

void decodeWarpgroup(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  if (decoding.has("mma_async")) return decodeMultiplyAsync(decoding);
  decoding.allow({"sync", "aligned"});
  if (decoding.has("fence")) {
    i.run = fence;
  } else if (decoding.has("commit_group")) {
    i.run = commit;
  } else if (decoding.has("wait_group")) {
    decoding.need(1);
    i.offset = decoding.operands[0].value;
    i.run = wait;
  } else {
    decoding.reject("is not supported");
  }
}

}  // namespace

void addWarpgroupMultiply(Decoders& decoders) { decoders["wgmma"] = decodeWarpgroup; }

void forgetMultiplies(Warp& w) { w.multiplies.reset(); }

}  // namespace standin
