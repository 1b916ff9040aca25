// Operands: registers, immediates, addresses, vectors, labels.
#include <cstdlib>

#include "decoding.hpp"
#include "ptx-parser.hpp"

namespace standin {

Operand Parser::operand() {
  if (accept("{")) {
    Operand vector;
    vector.kind = Operand::VECTOR;
    while (!accept("}")) {
      vector.elements.push_back(operand());
      accept(",");
    }
    return vector;
  }
  if (accept("[")) return address();
  bool negative = accept("-"), negated = accept("!");
  if (!look().empty() && isdigit(u8(look()[0]))) return immediate(negative);
  return named(next(), negated);
}

Operand Parser::address() {
  Operand base = operand();
  if (base.kind == Operand::VECTOR || base.kind == Operand::LABEL) fail("address");
  s64 offset = 0;
  if (accept("+")) {
    bool negative = accept("-");
    offset = s64(number());
    if (negative) offset = -offset;
  } else if (accept("-")) {
    offset = -s64(number());
  }
  expect("]");
  if (base.kind == Operand::IMMEDIATE) {
    offset += base.value;
    base.slot = -1;
  }
  base.kind = Operand::ADDRESS;
  base.value = offset;
  return base;
}

Operand Parser::immediate(bool negative) {
  Operand operand;
  operand.kind = Operand::IMMEDIATE;
  std::string word = next();
  bool hex = word.size() > 2 && word[0] == '0';
  if (hex && (word[1] == 'f' || word[1] == 'F') && word.size() == 10) {
    operand.type = Type::F32;
    operand.value = s64(strtoull(word.c_str() + 2, nullptr, 16) ^ (negative ? 0x80000000u : 0));
  } else if (hex && (word[1] == 'd' || word[1] == 'D') && word.size() == 18) {
    operand.type = Type::F64;
    operand.value = s64(strtoull(word.c_str() + 2, nullptr, 16) ^ (negative ? u64(1) << 63 : 0));
  } else {
    char* end;
    u64 value = strtoull(word.c_str(), &end, 0);
    if (*end && *end != 'U') fail("number '" + word + "'");
    operand.value = negative ? -s64(value) : s64(value);
  }
  return operand;
}

Operand Parser::named(const std::string& name, bool negated) {
  Operand operand;
  if (name == "_") {
    operand.kind = Operand::SINK;
  } else if (Symbol* symbol = lookup(name)) {
    operand.space = symbol->space;
    operand.type = symbol->type;
    if (symbol->isRegister) {
      operand.slot = symbol->slot;
      operand.negated = negated;
      if (accept("|")) operand.second = named(next(), false).slot;
    } else if (symbol->dynamicShared) {
      operand.slot = dynamicSharedStart();
      operand.type = Type::U64;
    } else {
      operand.kind = Operand::IMMEDIATE;
      operand.type = Type::NONE;
      operand.value = symbol->address;
    }
  } else if (name == "WARP_SZ") {
    operand.kind = Operand::IMMEDIATE;
    operand.value = 32;
  } else if (name[0] == '%') {
    Type type = name == "%clock64" || name == "%globaltimer" ? Type::U64 : Type::U32;
    if (!isSpecialRegister(name)) fail("no register " + name);
    auto known = kernel_->specialRegisters.find(name);
    operand.slot = known != kernel_->specialRegisters.end() ? known->second : newRegister(type);
    registers_[size_t(operand.slot)].constant = true;
    kernel_->specialRegisters[name] = operand.slot;
    operand.type = type;
  } else {
    operand.kind = Operand::LABEL;
    operand.name = name;
  }
  return operand;
}

Symbol* Parser::lookup(const std::string& name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    auto found = scope->find(name);
    if (found != scope->end()) return &found->second;
  }
  auto variable = variables_.find(name);
  if (variable == variables_.end()) return nullptr;
  Symbol symbol = variable->second;
  if (!symbol.placed) {
    symbol.placed = true;
    if (!symbol.dynamicShared) {
      symbol.address = s64(roundUp(kernel_->sharedBytes, 16));
      kernel_->sharedBytes = u32(symbol.address) + u32(symbol.bytes);
    }
    return &(scopes_[0][name] = symbol);
  }
  return &variable->second;
}

Slot Parser::newRegister(Type type) {
  // A predicate is one bit a lane.
  registers_.push_back({type == Type::PRED ? 4 : 32 * std::max(2u, bytesOf(type)), false});
  return Slot(registers_.size() - 1);
}

Slot Parser::constant(u32 bytes, u64 value) {
  auto key = std::make_pair(bytes, value);
  auto known = constants_.find(key);
  if (known != constants_.end()) return known->second;
  registers_.push_back({32 * bytes, true});
  Slot slot = Slot(registers_.size() - 1);
  kernel_->constants.push_back({slot, bytes, value});
  return constants_[key] = slot;
}

Slot Parser::dynamicSharedStart() {
  if (dynamicSharedStart_ < 0) {
    registers_.push_back({32 * 8, true});  // its value is known when all static variables are
    dynamicSharedStart_ = Slot(registers_.size() - 1);
  }
  return dynamicSharedStart_;
}

void Parser::instruction() {
  Decoding decoding(*this, line());
  reads_.emplace_back();
  writes_.emplace_back();
  if (accept("@")) {
    decoding.instruction.predicateNegated = accept("!");
    std::string name = next();
    Symbol* predicate = lookup(name);
    if (!predicate || predicate->type != Type::PRED) fail("'" + name + "' is no predicate");
    decoding.instruction.predicate = predicate->slot;
    noteRead(predicate->slot);
  }
  decoding.mnemonic(next());
  if (look() != ";") {
    do {
      decoding.operands.push_back(operand());
    } while (accept(","));
  }
  expect(";");
  decoding.decode();
  kernel_->code.push_back(std::move(decoding.instruction));
}

/** Each register gets a place of its own in the file. */
void Parser::placeRegisters() {
  std::vector<Slot> place(registers_.size());
  u32 total = 0;
  for (size_t index = 0; index < registers_.size(); index++) {
    place[index] = Slot(total);
    total += u32(roundUp(registers_[index].bytes, 64));
  }
  kernel_->registerBytes = total;
  kernel_->virtualRegisters = u32(registers_.size());
  auto move = [&](Slot& slot) {
    if (slot >= 0) slot = place[size_t(slot)];
  };
  for (Instruction& instruction : kernel_->code) {
    for (Slot* slot : {&instruction.predicate, &instruction.d, &instruction.a, &instruction.b, &instruction.c, &instruction.e}) {
      move(*slot);
    }
    for (Slot& slot : instruction.list) move(slot);
    for (Slot& slot : instruction.fragment) move(slot);
  }
  for (Constant& constant : kernel_->constants) move(constant.slot);
  for (auto& special : kernel_->specialRegisters) move(special.second);
}

}  // namespace standin
