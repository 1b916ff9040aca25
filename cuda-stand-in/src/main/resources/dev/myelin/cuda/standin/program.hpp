// A PTX module after translation: kernels as arrays of instructions, each with the function that executes it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base.hpp"

namespace standin {

enum class Type : u8 {
  NONE, PRED, B8, U8, S8, B16, U16, S16, F16, BF16, B32, U32, S32, F32, TF32, F16X2, BF16X2, B64, U64, S64, F64, B128
};

inline u32 bytesOf(Type type) {
  switch (type) {
    case Type::B8: case Type::U8: case Type::S8: return 1;
    case Type::B16: case Type::U16: case Type::S16: case Type::F16: case Type::BF16: return 2;
    case Type::B64: case Type::U64: case Type::S64: case Type::F64: return 8;
    case Type::B128: return 16;
    case Type::NONE: return 0;
    default: return 4;
  }
}
inline bool isFloat(Type type) { return type == Type::F32 || type == Type::F64; }
inline bool isSigned(Type type) { return type == Type::S8 || type == Type::S16 || type == Type::S32 || type == Type::S64; }

/** PTX state spaces. A generic address is resolved when it is used. */
enum class Space : u8 { GENERIC, GLOBAL, SHARED, LOCAL, PARAM, CONST };

/** Where shared and local memory lie among generic addresses. */
constexpr u64 SHARED_WINDOW = 0x010000000000ull, LOCAL_WINDOW = 0x020000000000ull, WINDOW_BYTES = 0x100000000ull;

struct Warp;
struct Instruction;
/** Executes one instruction for the lanes in the mask. */
using Handler = void (*)(Warp& warp, const Instruction& instruction, u32 mask);

/** A register's number while a kernel is decoded, its byte offset in a warp's register file afterwards; -1: none. */
using Slot = s32;

enum class Flow : u8 { NEXT, BRANCH, EXIT, BARRIER };

struct Instruction {
  Handler run = nullptr;
  Flow flow = Flow::NEXT;
  bool predicateNegated = false, flag = false;
  u8 count = 1;    // elements of a vector
  u8 bytes = 0;    // of an element in memory
  u8 width = 0;    // of a register that takes an element, or of an address
  u8 variant = 0;  // as the instruction's family defines it
  Space space = Space::GENERIC;
  int line = 0;
  Slot predicate = -1;
  Slot d = -1, a = -1, b = -1, c = -1, e = -1;
  u32 target = 0;         // of a branch
  s64 offset = 0, offset2 = 0;  // of addresses
  std::vector<Slot> list;      // registers of vectors and fragments
  std::vector<Slot> fragment;  // registers of wgmma's A
};

struct Parameter {
  std::string name;
  u32 offset, bytes;
};

/** A register that holds one value in all lanes from the start. */
struct Constant {
  Slot slot;
  u32 bytes;
  u64 value;
};

struct Kernel {
  std::string name;
  std::vector<Parameter> parameters;
  u32 parameterBytes = 0, sharedBytes = 0, localBytes = 0, registerBytes = 0, virtualRegisters = 0;
  u32 maxThreads = 0, requiredThreads = 0;
  bool usesDynamicShared = false;
  int granuleShift = 2;  // log2 of the smallest access in bytes, at most 2: what races are checked by
  std::vector<Instruction> code;
  std::vector<Constant> constants;
  std::map<std::string, Slot> specialRegisters;
  /** Where dynamic shared memory begins. */
  u32 dynamicSharedStart() const { return u32(roundUp(sharedBytes, 16)); }
};

struct Variable {
  u64 address;
  u64 bytes;
};

struct Module {
  int isaMajor = 0, isaMinor = 0, capability = 0;
  std::string target;
  std::map<std::string, Kernel> kernels;
  std::map<std::string, Variable> variables;
};

}  // namespace standin
