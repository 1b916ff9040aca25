// mma.sync.aligned with f32 accumulators: m16n8k8 and m16n8k16 of bf16 and f16, m16n8k4 and m16n8k8 of tf32.
// Fragment layouts: PTX ISA, "Matrix Fragments for mma.m16n8k*". Sums are made in double and rounded once; a tensor core
// rounds more often, so results differ from it in the last bits.
#include "arithmetic.hpp"
#include "small-floats.hpp"

namespace standin {
namespace {

enum Element : u8 { TENSOR_FLOAT_32, BFLOAT_16, FLOAT_16 };

float half(u8 element, u32 pair, int which) {
  u16 bits = u16(pair >> (16 * which));
  return element == BFLOAT_16 ? fromBfloat16(bits) : fromFloat16(bits);
}

/** list: 4 registers of D, those of A, those of B, 4 of C. width: k. */
void multiply(Warp& w, const Instruction& i, u32 mask) {
  if (mask != ALL_LANES) throw Fault(ILLEGAL_INSTRUCTION, "mma.sync with inactive lanes: " + where(w, i, 0));
  const int depth = i.width, aCount = depth * 16 / 32 / (i.variant == TENSOR_FLOAT_32 ? 1 : 2), bCount = aCount / 2;
  const Slot *dSlots = i.list.data(), *aSlots = dSlots + 4, *bSlots = aSlots + aCount, *cSlots = bSlots + bCount;
  float a[16][16], b[16][8];
  double sums[16][8];
  for (int lane = 0; lane < 32; lane++) {
    const int group = lane >> 2, member = lane & 3;
    for (int r = 0; r < aCount; r++) {
      u32 bits = w.lanes<u32>(aSlots[r])[lane];
      int row = group + (r & 1) * 8;
      if (i.variant == TENSOR_FLOAT_32) {
        a[row][member + (r >> 1) * 4] = fromTensorFloat32(bits);
      } else {
        for (int h = 0; h < 2; h++) a[row][2 * member + h + (r >> 1) * 8] = half(i.variant, bits, h);
      }
    }
    for (int r = 0; r < bCount; r++) {
      u32 bits = w.lanes<u32>(bSlots[r])[lane];
      if (i.variant == TENSOR_FLOAT_32) {
        b[member + 4 * r][group] = fromTensorFloat32(bits);
      } else {
        for (int h = 0; h < 2; h++) b[2 * member + h + 8 * r][group] = half(i.variant, bits, h);
      }
    }
    for (int r = 0; r < 4; r++) sums[group + (r >> 1) * 8][2 * member + (r & 1)] = double(w.lanes<float>(cSlots[r])[lane]);
  }
  for (int row = 0; row < 16; row++) {
    for (int k = 0; k < depth; k++) {
      for (int column = 0; column < 8; column++) sums[row][column] += double(a[row][k]) * double(b[k][column]);
    }
  }
  for (int lane = 0; lane < 32; lane++) {
    for (int r = 0; r < 4; r++) {
      w.lanes<float>(dSlots[r])[lane] = float(sums[(lane >> 2) + (r >> 1) * 8][2 * (lane & 3) + (r & 1)]);
    }
  }
  w.block->grid->statistics.multiplyAdds += u64(16 * 8 * depth);
  w.phase++;
}

void decodeMultiply(Decoding& decoding) {
  Instruction& i = decoding.instruction;
  decoding.need(4);
  decoding.allow({"sync", "aligned", "row", "col"});
  const bool tensorFloat = decoding.has("tf32"), brain = decoding.has("bf16"), ieee = decoding.has("f16");
  i.variant = tensorFloat ? TENSOR_FLOAT_32 : brain ? BFLOAT_16 : FLOAT_16;
  i.width = decoding.has("m16n8k16") ? 16 : decoding.has("m16n8k8") ? 8 : decoding.has("m16n8k4") ? 4 : 0;
  const bool shape = tensorFloat ? i.width == 4 || i.width == 8 : i.width == 8 || i.width == 16;
  if (!shape || decoding.type != Type::F32 || tensorFloat + brain + ieee != 1) decoding.reject("is not supported");
  if (decoding.wordCount() != 10 || decoding.word(5) != "col" || decoding.word(4) != "row") {
    decoding.reject("is supported as .row.col with f32 accumulators only");
  }
  decoding.allow({"f32"});
  const size_t aCount = size_t(i.width) * 16 / 32 / (tensorFloat ? 1 : 2);
  const size_t counts[] = {4, aCount, aCount / 2, 4};
  for (size_t operand = 0; operand < 4; operand++) {
    const Operand& fragment = decoding.operands[operand];
    std::vector<Operand> elements =
        fragment.kind == Operand::VECTOR ? fragment.elements : std::vector<Operand>{fragment};
    if (elements.size() != counts[operand]) decoding.reject("has a fragment of another size than its shape's");
    for (const Operand& element : elements) {
      i.list.push_back(operand == 0 ? decoding.write(element) : decoding.read(element, Type::B32));
    }
  }
  i.run = multiply;
}

}  // namespace

void addMatrixMultiply(Decoders& decoders) { decoders["mma"] = decodeMultiply; }

}  // namespace standin
