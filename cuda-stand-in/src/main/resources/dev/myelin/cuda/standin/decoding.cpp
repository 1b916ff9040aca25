#include "decoding.hpp"

#include <algorithm>

namespace standin {
namespace {

const Decoders& decoders() {
  static const Decoders all = [] {
    Decoders made;
    addIntegerArithmetic(made);
    addBitOperations(made);
    addFloatArithmetic(made);
    addComparisons(made);
    addConversions(made);
    addMoves(made);
    addMemoryAccess(made);
    addAtomics(made);
    addAsyncCopies(made);
    addBranches(made);
    addWarpExchange(made);
    addMatrixMultiply(made);
    addWarpgroupMultiply(made);
    return made;
  }();
  return all;
}

}  // namespace

void Decoding::mnemonic(const std::string& full) {
  full_ = full;
  for (size_t start = 0;;) {
    size_t dot = full.find('.', start);
    words_.push_back(full.substr(start, dot - start));
    if (dot == std::string::npos) break;
    start = dot + 1;
  }
  taken_.assign(words_.size(), false);
  taken_[0] = true;
  type = typeNamed(words_.back());
  if (type != Type::NONE) taken_.back() = true;
}

void Decoding::decode() {
  auto decoder = decoders().find(words_[0]);
  if (decoder == decoders().end()) reject("is not supported");
  decoder->second(*this);
  if (instruction.flow == Flow::NEXT && !instruction.run) reject("is not supported for this type");
  for (size_t index = 0; index < words_.size(); index++) {
    if (!taken_[index]) reject("has the modifier ." + words_[index] + ", which is not supported");
  }
}

bool Decoding::has(std::string_view part) {
  bool found = false;
  for (size_t index = 1; index < words_.size(); index++) {
    if (words_[index] == part) found = taken_[index] = true;
  }
  return found;
}
void Decoding::allow(std::initializer_list<std::string_view> parts) {
  for (std::string_view part : parts) has(part);
}
std::string Decoding::starting(std::string_view prefix) {
  for (size_t index = 1; index < words_.size(); index++) {
    if (words_[index].compare(0, prefix.size(), prefix) == 0) {
      taken_[index] = true;
      return words_[index];
    }
  }
  return "";
}

void Decoding::need(size_t count) {
  if (operands.size() < count) reject("has too few operands");
}
Slot Decoding::read(const Operand& operand, Type as) {
  if (operand.kind == Operand::REGISTER) {
    if (operand.type == Type::PRED ? as != Type::PRED : bytesOf(operand.type) < bytesOf(as)) {
      reject("reads more than its source register holds");
    }
    if (operand.negated) reject("takes no negated source");
    parser_.noteRead(operand.slot);
    return operand.slot;
  }
  if (operand.kind != Operand::IMMEDIATE) reject("has a source operand that is not supported");
  u64 bits = u64(operand.value);
  if (as == Type::F32 && operand.type == Type::F64) bits = bitsAs<u32>(float(bitsAs<double>(bits)));
  u32 bytes = std::max(2u, bytesOf(as));
  if (bytes < 8) bits &= (u64(1) << (8 * bytes)) - 1;
  return parser_.constant(bytes, bits);
}
Slot Decoding::write(const Operand& operand) {
  if (operand.kind == Operand::SINK) return parser_.scratch(Type::B64);
  if (operand.kind != Operand::REGISTER) reject("has a destination that is no register");
  parser_.noteWrite(operand.slot);
  return operand.slot;
}
void Decoding::unary(Handler handler) {
  instruction.run = handler;
  instruction.d = write(0);
  instruction.a = read(1, type);
}
void Decoding::binary(Handler handler) {
  unary(handler);
  instruction.b = read(2, type);
}
void Decoding::ternary(Handler handler) {
  binary(handler);
  instruction.c = read(3, type);
}
void Decoding::address(const Operand& operand) {
  if (operand.kind != Operand::ADDRESS) reject("needs an address");
  instruction.offset = operand.value;
  instruction.a = operand.slot;
  instruction.width = u8(operand.slot < 0 ? 8 : bytesOf(operand.type));
  if (operand.slot >= 0) parser_.noteRead(operand.slot);
  if (instruction.space == Space::GENERIC && operand.slot < 0) instruction.space = operand.space;
}
void Decoding::touches(u32 bytes) {
  int shift = bytes >= 4 ? 2 : bytes >= 2 ? 1 : 0;
  parser_.kernel().granuleShift = std::min(parser_.kernel().granuleShift, shift);
}
void Decoding::reject(const std::string& why) {
  throw Fault(INVALID_PTX, text("PTX line %d: instruction ", instruction.line) + full_ + " " + why);
}

bool isSpecialRegister(const std::string& name) {
  static const char* const names[] = {"%tid.x",    "%tid.y",    "%tid.z",     "%ntid.x",    "%ntid.y",
                                      "%ntid.z",   "%ctaid.x",  "%ctaid.y",   "%ctaid.z",   "%nctaid.x",
                                      "%nctaid.y", "%nctaid.z", "%laneid",    "%warpid",    "%nwarpid",
                                      "%smid",     "%nsmid",    "%clock",     "%clock64",   "%globaltimer",
                                      "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge",
                                      "%dynamic_smem_size", "%total_smem_size"};
  return std::any_of(std::begin(names), std::end(names), [&](const char* known) { return name == known; });
}

}  // namespace standin
