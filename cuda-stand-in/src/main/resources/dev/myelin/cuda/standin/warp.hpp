// What runs: a grid of blocks of warps of 32 lanes. A register is an array over the lanes, so that one instruction is
// one loop that the compiler vectorises; a predicate is a bit mask.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "access-shadow.hpp"
#include "device-memory.hpp"
#include "program.hpp"

namespace standin {

constexpr u32 ALL_LANES = ~0u;

struct Checks {
  bool races = true;        // races, uninitialised shared memory, reads of what an asynchronous copy still writes
  bool statistics = false;  // how memory is accessed
};

/** How a kernel used memory; counted when asked for. Sectors are 32 bytes, a warp's ideal load touches as few as it can. */
struct Statistics {
  u64 warpInstructions = 0, laneInstructions = 0, divergentBranches = 0, barriers = 0;
  u64 globalLoads = 0, globalLoadSectors = 0, globalStores = 0, globalStoreSectors = 0;
  u64 sharedPasses = 0, sharedBankConflicts = 0, multiplyAdds = 0;
};

/** Something wrong that a kernel did and that does not end it. */
struct Report {
  std::string kind, text;
};

struct Grid {
  const Kernel* kernel = nullptr;
  DeviceMemory* memory = nullptr;
  u32 gridX = 1, gridY = 1, gridZ = 1, blockX = 1, blockY = 1, blockZ = 1, dynamicSharedBytes = 0;
  std::vector<u8> parameters;
  Checks checks;
  u64 instructionLimit = 0;  // warp instructions after which the launch counts as hung
  Statistics statistics;
  std::vector<Report> reports;

  std::set<std::pair<std::string, int>> reported;

  /** One report of a kind for each line of PTX: what one thread does wrong, most do. */
  void report(const char* kind, int line, const std::string& text) {
    if (reported.insert({kind, line}).second) reports.push_back({kind, text});
  }
};

struct Block {
  Grid* grid;
  u32 index = 0, threads = 0;
  Epochs epochs;
  std::vector<u8> shared;
  AccessShadow shadow;
  bool fenced = false;  // a thread ran a device-wide fence
};

/** A cp.async of one lane, not yet arrived. */
struct PendingCopy {
  u32 lane, group;
  u64 sharedAddress, globalAddress;
  u32 bytes, sourceBytes;
};
struct PendingMultiplies;  // wgmma, in warpgroup-multiply.cpp

struct Warp {
  u8* registers = nullptr;
  u32 live = 0, blocked = 0;
  u32 pc[32];
  u32 barrier[32];
  s32 barrierThreads[32];  // -1: all of the block
  u32 index = 0;
  u32 phase = 1;  // grows with every warp-level synchronisation
  Block* block = nullptr;
  std::vector<u8> local;
  std::vector<PendingCopy> copies;
  u32 openGroup[32];  // of each lane: the number of the copy group that its next commit closes
  std::shared_ptr<PendingMultiplies> multiplies;

  template <class T> T* lanes(Slot slot) { return reinterpret_cast<T*>(registers + slot); }
  template <class T> const T* lanes(Slot slot) const { return reinterpret_cast<const T*>(registers + slot); }
  u32& predicate(Slot slot) { return *lanes<u32>(slot); }
  u32 thread(u32 lane) const { return index * 32 + lane; }
};

/** Runs f(lane) for the lanes in the mask. No lane may depend on another's result. */
template <class F> inline void eachLane(u32 mask, F&& f) {
  if (mask == ALL_LANES) {
#pragma GCC ivdep
    for (int lane = 0; lane < 32; lane++) f(lane);
  } else {
    for (; mask; mask &= mask - 1) f(__builtin_ctz(mask));
  }
}

/** "softmax: PTX line 77, block 3 thread 12". */
std::string where(const Warp& warp, const Instruction& instruction, u32 lane);

// Memory, in memory-access.cpp.
/** Host memory behind a lane's access; checks bounds, alignment and races. @throws Fault */
u8* globalAt(Warp& warp, const Instruction& instruction, u32 lane, u64 address, u32 bytes, bool write);
u8* sharedAt(Warp& warp, const Instruction& instruction, u32 lane, u64 address, u32 bytes, bool write);
/** Any space, without race checks: for atomics. */
u8* uncheckedAt(Warp& warp, const Instruction& instruction, u32 lane, u64 address, u32 bytes);
/** The lanes' addresses: base register plus offset, or the offset alone. */
void addressesOf(const Warp& warp, Slot base, u32 width, s64 offset, u64* addresses);
void countAccess(Warp& warp, const Instruction& instruction, u32 mask, const u64* addresses, bool write);
void forgetMultiplies(Warp& warp);

/** Runs a grid to its end. @throws Fault */
void run(Grid& grid, u64& epoch);

}  // namespace standin
