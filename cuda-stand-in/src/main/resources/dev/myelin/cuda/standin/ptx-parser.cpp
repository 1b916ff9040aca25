#include "ptx-parser.hpp"

#include <cstdlib>

namespace standin {

Type typeNamed(std::string_view word) {
  static const std::unordered_map<std::string_view, Type> types = {
      {"pred", Type::PRED}, {"b8", Type::B8},       {"u8", Type::U8},     {"s8", Type::S8},         {"b16", Type::B16},
      {"u16", Type::U16},   {"s16", Type::S16},     {"f16", Type::F16},   {"bf16", Type::BF16},     {"b32", Type::B32},
      {"u32", Type::U32},   {"s32", Type::S32},     {"f32", Type::F32},   {"tf32", Type::TF32},     {"f16x2", Type::F16X2},
      {"b64", Type::B64},   {"u64", Type::U64},     {"s64", Type::S64},   {"f64", Type::F64},       {"bf16x2", Type::BF16X2},
      {"b128", Type::B128}};
  auto found = types.find(word);
  return found == types.end() ? Type::NONE : found->second;
}

void Parser::fail(const std::string& why) const {
  throw Fault(INVALID_PTX, text("PTX line %d: ", line()) + why + ", near '" + std::string(look()) + "'");
}
std::string Parser::next() { return std::string(tokens_[std::min(at_++, tokens_.size() - 1)].text); }
bool Parser::accept(std::string_view text) {
  if (look() != text) return false;
  at_++;
  return true;
}
void Parser::expect(std::string_view text) {
  if (!accept(text)) fail("expected '" + std::string(text) + "'");
}
void Parser::skipLine() {
  for (int here = line(); line() == here && !look().empty();) at_++;
}
u64 Parser::number() {
  std::string word = next();
  char* end;
  u64 value = strtoull(word.c_str(), &end, 0);
  if (word.empty() || (*end && *end != 'U')) fail("expected a number, found '" + word + "'");
  return value;
}
Type Parser::typeWord() {
  std::string word = next();
  Type type = word.size() > 1 && word[0] == '.' ? typeNamed(word.substr(1)) : Type::NONE;
  if (type == Type::NONE) fail("'" + word + "' is no type known here");
  return type;
}

Module Parser::parse() {
  while (!look().empty()) {
    if (accept(".version")) {
      std::string version = next();
      if (sscanf(version.c_str(), "%d.%d", &module_.isaMajor, &module_.isaMinor) != 2) fail("version " + version);
    } else if (accept(".target")) {
      module_.target = next();
      module_.capability = atoi(module_.target.c_str() + std::min<size_t>(3, module_.target.size()));
      while (accept(",")) next();
    } else if (accept(".address_size")) {
      if (next() != "64") fail("addresses must have 64 bits");
    } else if (look() == ".file" || look() == ".section") {
      skipLine();
      if (accept("{")) {
        while (!accept("}")) next();
      }
    } else if (accept(".visible") || accept(".weak") || accept(".extern")) {
      continue;
    } else if (accept(".entry")) {
      entry();
    } else if (accept(".global")) {
      moduleVariable(Space::GLOBAL);
    } else if (accept(".const")) {
      moduleVariable(Space::CONST);
    } else if (accept(".shared")) {
      moduleVariable(Space::SHARED);
    } else if (look() == ".func") {
      fail(".func is not supported: let the compiler inline device functions");
    } else {
      fail("unknown directive");
    }
  }
  if (module_.isaMajor == 0) fail("no .version");
  return std::move(module_);
}

std::vector<u8> Parser::initialiser(Type type) {
  std::vector<u8> content;
  auto element = [&] {
    bool negative = accept("-");
    Operand value = immediate(negative);
    for (u32 byte = 0; byte < bytesOf(type); byte++) content.push_back(u8(value.value >> (8 * byte)));
  };
  if (accept("{")) {
    while (!accept("}")) {
      element();
      accept(",");
    }
  } else {
    element();
  }
  return content;
}

void Parser::moduleVariable(Space space) {
  Type type = Type::NONE;
  while (look().substr(0, 1) == ".") {
    if (accept(".align")) {
      number();
    } else {
      type = typeWord();
    }
  }
  std::string name = next();
  u64 bytes = bytesOf(type);
  bool dynamic = false;
  while (accept("[")) {
    if (look() == "]") {
      dynamic = true;
    } else {
      bytes *= number();
    }
    expect("]");
  }
  std::vector<u8> content;
  if (accept("=")) content = initialiser(type);
  expect(";");
  Symbol symbol{false, type, space == Space::SHARED ? Space::SHARED : Space::GLOBAL, -1, 0, bytes};
  if (space == Space::SHARED) {
    symbol.dynamicShared = dynamic;
    symbol.placed = false;  // takes shared memory only in kernels that name it
  } else {
    content.resize(bytes);
    symbol.address = s64(store_.allocate(bytes));
    store_.fill(u64(symbol.address), content);
    module_.variables[name] = {u64(symbol.address), bytes};
  }
  variables_[name] = symbol;
}

void Parser::entry() {
  std::string name = next();
  kernel_ = &module_.kernels[name];
  *kernel_ = Kernel();
  kernel_->name = name;
  scopes_.assign(1, Scope());
  registers_.clear();
  labels_.clear();
  branches_.clear();
  constants_.clear();
  dynamicSharedStart_ = -1;
  reads_.clear();
  writes_.clear();
  parameters();
  entryDirectives();
  body();
  finishKernel();
}

void Parser::parameters() {
  if (!accept("(")) return;
  while (!accept(")")) {
    expect(".param");
    u32 align = 0;
    Type type = Type::NONE;
    while (look().substr(0, 1) == ".") {
      if (accept(".align")) {
        align = u32(number());
      } else if (!accept(".ptr") && !accept(".global") && !accept(".shared") && !accept(".const") && !accept(".local")) {
        type = typeWord();
      }
    }
    std::string name = next();
    u32 bytes = bytesOf(type);
    if (accept("[")) {
      bytes *= u32(number());
      expect("]");
    }
    u32 offset = u32(roundUp(kernel_->parameterBytes, align ? align : bytesOf(type)));
    kernel_->parameters.push_back({name, offset, bytes});
    kernel_->parameterBytes = offset + bytes;
    scopes_[0][name] = Symbol{false, type, Space::PARAM, -1, offset, bytes};
    accept(",");
  }
}

void Parser::entryDirectives() {
  auto product = [&] {
    u32 threads = u32(number());
    while (accept(",")) threads *= u32(number());
    return threads;
  };
  while (look() != "{") {
    if (accept(".maxntid")) {
      kernel_->maxThreads = product();
    } else if (accept(".reqntid")) {
      kernel_->requiredThreads = product();
    } else if (accept(".minnctapersm") || accept(".maxnreg")) {
      number();
    } else {
      fail("directive of an entry");
    }
  }
}

void Parser::body() {
  expect("{");
  scopes_.emplace_back();
  for (int depth = 1; depth > 0;) {
    if (look().empty()) fail("the text ends in kernel " + kernel_->name);
    if (accept("{")) {
      depth++;
      scopes_.emplace_back();
    } else if (accept("}")) {
      depth--;
      scopes_.pop_back();
    } else if (accept(".reg")) {
      registers();
    } else if (accept(".local")) {
      blockVariable(Space::LOCAL);
    } else if (accept(".shared")) {
      blockVariable(Space::SHARED);
    } else if (accept(".pragma")) {
      while (!accept(";")) next();
    } else if (look() == ".loc") {
      skipLine();
    } else if (look(1) == ":") {
      labels_[next()] = u32(kernel_->code.size());
      next();
    } else {
      instruction();
    }
  }
}

void Parser::registers() {
  Type type = typeWord();
  do {
    std::string name = next();
    auto declare = [&](const std::string& full) {
      scopes_.back()[full] = Symbol{true, type, Space::GENERIC, newRegister(type), 0, bytesOf(type)};
    };
    if (accept("<")) {
      u64 count = number();
      expect(">");
      for (u64 index = 0; index < count; index++) declare(name + std::to_string(index));
    } else {
      declare(name);
    }
  } while (accept(","));
  expect(";");
}

void Parser::blockVariable(Space space) {
  u32 align = 0;
  Type type = Type::NONE;
  while (look().substr(0, 1) == ".") {
    if (accept(".align")) {
      align = u32(number());
    } else {
      type = typeWord();
    }
  }
  std::string name = next();
  u32 bytes = bytesOf(type);
  while (accept("[")) {
    bytes *= u32(number());
    expect("]");
  }
  expect(";");
  u32& total = space == Space::LOCAL ? kernel_->localBytes : kernel_->sharedBytes;
  u32 offset = u32(roundUp(total, align ? align : bytesOf(type)));
  total = offset + bytes;
  scopes_.back()[name] = Symbol{false, type, space, -1, offset, bytes};
}

void Parser::finishKernel() {
  Instruction end;
  end.flow = Flow::EXIT;
  end.line = line();
  kernel_->code.push_back(end);
  reads_.emplace_back();
  writes_.emplace_back();
  for (const Branch& branch : branches_) {
    auto label = labels_.find(branch.label);
    if (label == labels_.end()) throw Fault(INVALID_PTX, text("PTX line %d: no label ", branch.line) + branch.label);
    kernel_->code[branch.instruction].target = label->second;
  }
  kernel_->localBytes = u32(roundUp(kernel_->localBytes, 16));
  if (dynamicSharedStart_ >= 0) {
    kernel_->usesDynamicShared = true;
    kernel_->constants.push_back({dynamicSharedStart_, 8, kernel_->dynamicSharedStart()});
  }
  placeRegisters();
}

}  // namespace standin
