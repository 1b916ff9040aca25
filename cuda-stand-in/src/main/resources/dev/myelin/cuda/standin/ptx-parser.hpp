// PTX text to a Module. Directives and operands are understood here; instructions by the decoders (decoding.hpp).
#pragma once
#include <functional>
#include <unordered_map>

#include "program.hpp"
#include "ptx-lexer.hpp"

namespace standin {

/** Where module variables get their device memory. */
struct VariableStore {
  std::function<u64(u64 bytes)> allocate;
  std::function<void(u64 address, const std::vector<u8>& content)> fill;
};

struct Operand {
  enum Kind { REGISTER, IMMEDIATE, ADDRESS, VECTOR, LABEL, SINK };
  Kind kind = REGISTER;
  Type type = Type::NONE;       // of the register; of a floating-point immediate
  Slot slot = -1, second = -1;  // the register, or the address's base; q of "p|q"
  s64 value = 0;                // the immediate; the address's offset
  bool negated = false;         // "!p"
  Space space = Space::GENERIC;  // of the variable named
  std::string name;             // of the label
  std::vector<Operand> elements;
};

struct Symbol {
  bool isRegister;
  Type type;
  Space space;
  Slot slot;    // of a register
  s64 address;  // of a variable, in its space
  u64 bytes;
  bool dynamicShared = false, placed = true;
};

class Parser {
 public:
  Parser(std::string_view source, const VariableStore& store) : tokens_(tokens(source)), store_(store) {}
  /** @throws Fault INVALID_PTX that names line and text */
  Module parse();

  Kernel& kernel() { return *kernel_; }
  /** A register with the value in all lanes. */
  Slot constant(u32 bytes, u64 value);
  /** A register for results that nobody reads. */
  Slot scratch(Type type) { return newRegister(type); }
  void noteRead(Slot slot) { reads_.back().push_back(slot); }
  void noteWrite(Slot slot) { writes_.back().push_back(slot); }
  void branchTo(const std::string& label) { branches_.push_back({kernel_->code.size(), label, line()}); }
  [[noreturn]] void fail(const std::string& why) const;

 private:
  std::string_view look(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)].text; }
  std::string next();
  bool accept(std::string_view text);
  void expect(std::string_view text);
  int line() const { return tokens_[at_].line; }
  void skipLine();
  u64 number();
  Type typeWord();

  void moduleVariable(Space space);
  std::vector<u8> initialiser(Type type);
  void entry();
  void parameters();
  void entryDirectives();
  void body();
  void registers();
  void blockVariable(Space space);
  void instruction();
  Operand operand();
  Operand address();
  Operand immediate(bool negative);
  Operand named(const std::string& name, bool negated);
  Symbol* lookup(const std::string& name);
  Slot newRegister(Type type);
  Slot dynamicSharedStart();
  void finishKernel();
  void placeRegisters();

  struct Branch {
    size_t instruction;
    std::string label;
    int line;
  };
  struct Register {
    u32 bytes;  // of all lanes
    bool constant = false;
  };
  using Scope = std::unordered_map<std::string, Symbol>;

  std::vector<Token> tokens_;
  size_t at_ = 0;
  VariableStore store_;
  Module module_;
  Scope variables_;
  // Of the kernel being read:
  Kernel* kernel_ = nullptr;
  std::vector<Scope> scopes_;
  std::vector<Register> registers_;
  std::unordered_map<std::string, u32> labels_;
  std::vector<Branch> branches_;
  std::map<std::pair<u32, u64>, Slot> constants_;
  Slot dynamicSharedStart_ = -1;
  std::vector<std::vector<Slot>> reads_, writes_;  // per instruction
};

Type typeNamed(std::string_view word);

}  // namespace standin
