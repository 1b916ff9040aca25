// ldmatrix: lanes 8q to 8q+7 give the rows of the q-th 8x8 matrix of 16-bit elements; each lane gets two of each matrix.
#include "arithmetic.hpp"
#include "memory-checks.hpp"

namespace standin {
namespace {

/** flag: transposed. */
void loadMatrix(Warp& w, const Instruction& i, u32 mask) {
  if (mask != ALL_LANES) throw Fault(ILLEGAL_INSTRUCTION, "ldmatrix with inactive lanes: " + where(w, i, 0));
  u64 addresses[32];
  addressesOf(w, i.a, i.width, i.offset, addresses);
  u16 rows[32][8];
  for (u32 lane = 0; lane < 8u * i.count; lane++) {
    u64 address = addresses[lane];
    if (resolved(i.space, address) != Space::SHARED) {
      fault(ILLEGAL_ADDRESS, w, i, lane, "ldmatrix of other than shared memory", address);
    }
    if (address % 16) fault(MISALIGNED_ADDRESS, w, i, lane, "ldmatrix row not aligned to 16 bytes", address);
    memcpy(rows[lane], sharedAt(w, i, lane, address, 16, false), 16);
  }
  for (u32 matrix = 0; matrix < i.count; matrix++) {
    u32* d = w.lanes<u32>(i.list[matrix]);
    for (int lane = 0; lane < 32; lane++) {
      const int row = lane >> 2, column = 2 * (lane & 3);
      const u16(*m)[8] = rows + 8 * matrix;
      const u16 first = i.flag ? m[column][row] : m[row][column];
      const u16 second = i.flag ? m[column + 1][row] : m[row][column + 1];
      d[lane] = first | u32(second) << 16;
    }
  }
}

void decodeLoadMatrix(Decoding& decoding) {
  decoding.need(2);
  Instruction& i = decoding.instruction;
  i.run = loadMatrix;
  if (!decoding.has("m8n8")) decoding.reject("is supported for m8n8 only");
  decoding.allow({"sync", "aligned", "x1"});
  i.count = decoding.has("x4") ? 4 : decoding.has("x2") ? 2 : 1;
  i.flag = decoding.has("trans");
  i.space = decoding.has("shared") || decoding.has("shared::cta") ? Space::SHARED : Space::GENERIC;
  decoding.address(decoding.operands[1]);
  const Operand& target = decoding.operands[0];
  for (const Operand& element : target.kind == Operand::VECTOR ? target.elements : std::vector<Operand>{target}) {
    i.list.push_back(decoding.write(element));
  }
  if (i.list.size() != i.count) decoding.reject("has another number of registers than matrices");
}

}  // namespace

void addMatrixLoad(Decoders& decoders) { decoders["ldmatrix"] = decodeLoadMatrix; }

}  // namespace standin
