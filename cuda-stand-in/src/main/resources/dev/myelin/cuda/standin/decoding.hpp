// One instruction while it is decoded: its mnemonic cut at the dots, its operands, and the Instruction that comes of it.
// A decoder must take every part of the mnemonic (has, allow, or as a type): a part that nobody took is an error, so
// that no modifier is ever ignored in silence.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "ptx-parser.hpp"

namespace standin {

class Decoding {
 public:
  Instruction instruction;
  std::vector<Operand> operands;
  Type type = Type::NONE;  // the last word's, when that is a type

  Decoding(Parser& parser, int line) : parser_(parser) { instruction.line = line; }
  void mnemonic(const std::string& full);
  void decode();

  const std::string& name() const { return words_[0]; }
  const std::string& word(size_t index) const { return words_[index]; }
  size_t wordCount() const { return words_.size(); }
  /** Whether the mnemonic has this part, which is then taken. */
  bool has(std::string_view part);
  /** Takes parts that change nothing here. */
  void allow(std::initializer_list<std::string_view> parts);
  /** The first part that begins so, taken; empty when there is none. */
  std::string starting(std::string_view prefix);

  /** At least so many operands. */
  void need(size_t count);
  /** The register that holds an operand's value as the type; constants get registers. */
  Slot read(const Operand& operand, Type as);
  Slot read(size_t index, Type as) { return need(index + 1), read(operands[index], as); }
  Slot write(const Operand& operand);
  Slot write(size_t index) { return need(index + 1), write(operands[index]); }
  /** d, and sources a, b, c, all of the mnemonic's type. */
  void unary(Handler handler);
  void binary(Handler handler);
  void ternary(Handler handler);
  /** Base register, offset, width and space of an address operand. */
  void address(const Operand& operand);
  /** Notes the smallest piece of memory that a kernel touches. */
  void touches(u32 bytes);
  void branchTo(const std::string& label) { parser_.branchTo(label); }
  Slot scratch(Type as) { return parser_.scratch(as); }
  [[noreturn]] void reject(const std::string& why);

 private:
  Parser& parser_;
  std::string full_;
  std::vector<std::string> words_;
  std::vector<bool> taken_;
};

using Decoder = void (*)(Decoding&);
using Decoders = std::unordered_map<std::string, Decoder>;

// Each file of handlers adds the mnemonics that it knows.
void addIntegerArithmetic(Decoders& decoders);
void addBitOperations(Decoders& decoders);
void addFloatArithmetic(Decoders& decoders);
void addComparisons(Decoders& decoders);
void addConversions(Decoders& decoders);
void addMoves(Decoders& decoders);
void addMemoryAccess(Decoders& decoders);
void addAtomics(Decoders& decoders);
void addAsyncCopies(Decoders& decoders);
void addBranches(Decoders& decoders);
void addWarpExchange(Decoders& decoders);
void addMatrixMultiply(Decoders& decoders);
void addWarpgroupMultiply(Decoders& decoders);

bool isSpecialRegister(const std::string& name);

}  // namespace standin
