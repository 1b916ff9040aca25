// Accesses of memory by one lane.
#pragma once
#include "warp.hpp"

namespace standin {

[[noreturn]] void fault(Code code, const Warp& warp, const Instruction& instruction, u32 lane, const char* what, u64 address);

/** Space of an address; a generic one becomes an address in its space. */
Space resolved(Space space, u64& address);
/** Host memory behind a lane's access to the instruction's space. @throws Fault */
u8* hostAt(Warp& warp, const Instruction& instruction, u32 lane, u64 address, u32 bytes, bool write);

/** One lane's access to memory that has a shadow. */
struct Access {
  Warp& warp;
  const Instruction& instruction;
  u32 lane;
  bool shared;
  AccessShadow& shadow;
  Epochs epochs;
  Stamp mine;

  Access(Warp& warp, const Instruction& instruction, u32 lane, bool shared, AccessShadow& shadow);
  const char* spaceName() const { return shared ? "shared" : "global"; }
  void report(const char* kind, const std::string& what, const std::string& end = "") const;
};
/** Reports what is wrong with the access to a granule, and records it. */
void checkRead(const Access& access, u64 granule);
void checkReadOnly(const Access& access, u64 granule);
void checkWrite(const Access& access, u64 granule);

}  // namespace standin
