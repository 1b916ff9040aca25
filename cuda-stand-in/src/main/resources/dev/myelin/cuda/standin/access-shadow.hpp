// Race detection. Beside each granule of memory lie two stamps: its last write and its last read. A stamp tells the
// epoch (a number that grows with every barrier and every block, so that two accesses in one epoch of one block are not
// ordered by a barrier), the warp's phase (grows with every warp-level synchronisation) and the thread. Blocks run one
// after the other here; two accesses of one launch by different blocks are a race, since nothing orders blocks.
#pragma once
#include <cstdlib>
#include <new>
#include <vector>

#include "base.hpp"

namespace standin {

/** epoch 36 bits | warp phase 16 | sharers 2 | thread in block 10. */
using Stamp = u64;

enum Sharers : u64 { ONE_THREAD = 0, ONE_WARP = 1, ONE_BLOCK = 2, SEVERAL_BLOCKS = 3 };

constexpr int EPOCH_SHIFT = 28, PHASE_SHIFT = 12, SHARERS_SHIFT = 10;
constexpr u64 THREAD_MASK = 1023;
/** The write stamp of bytes that an asynchronous copy has been told to write and no wait has covered. */
constexpr Stamp IN_FLIGHT = ~Stamp(0);

inline Stamp stampOf(u64 epoch, u32 phase, u32 thread) {
  return epoch << EPOCH_SHIFT | u64(phase & 0xffff) << PHASE_SHIFT | thread;
}
inline u64 epochOf(Stamp stamp) { return stamp >> EPOCH_SHIFT; }
inline u64 sharersOf(Stamp stamp) { return stamp >> SHARERS_SHIFT & 3; }
inline Stamp sharedBy(Stamp stamp, Sharers sharers) {
  return (stamp & ~(u64(3) << SHARERS_SHIFT)) | u64(sharers) << SHARERS_SHIFT;
}

/** Where a block's epochs stand. */
struct Epochs {
  u64 launchStart = 1;  // accesses before belong to an earlier launch, which the stream ordered
  u64 blockStart = 1;   // accesses since launchStart and before belong to other blocks
  u64 now = 1;
};

/** True when an access stamped `mine` and the recorded one are ordered by nothing. */
inline bool races(Stamp recorded, Stamp mine, const Epochs& epochs) {
  u64 epoch = epochOf(recorded);
  if (epoch < epochs.launchStart) return false;
  if (epoch < epochs.blockStart || sharersOf(recorded) == SEVERAL_BLOCKS) return true;
  if (epoch != epochs.now) return false;
  if (sharersOf(recorded) == ONE_BLOCK) return true;
  u64 other = recorded & THREAD_MASK, self = mine & THREAD_MASK;
  if (other == self && sharersOf(recorded) == ONE_THREAD && sharersOf(mine) == ONE_THREAD) return false;
  return other / 32 != self / 32 || (recorded >> PHASE_SHIFT & 0xffff) == (mine >> PHASE_SHIFT & 0xffff);
}

/** The read stamp after one more read: keeps what a later write needs to know about all readers. */
inline Stamp withRead(Stamp recorded, Stamp mine, const Epochs& epochs) {
  const u64 epoch = epochOf(recorded), sharers = sharersOf(recorded);
  if (epoch < epochs.launchStart) return mine;
  if (sharers == SEVERAL_BLOCKS) return recorded;
  if (epoch < epochs.blockStart) return sharedBy(mine, SEVERAL_BLOCKS);
  if (epoch < epochs.now) return mine;  // a barrier orders the older readers before all that follows
  if (sharers == ONE_BLOCK || recorded == mine) return recorded;
  if ((recorded & THREAD_MASK) / 32 != (mine & THREAD_MASK) / 32) return sharedBy(mine, ONE_BLOCK);
  const bool samePhase = (recorded >> PHASE_SHIFT & 0xffff) == (mine >> PHASE_SHIFT & 0xffff);
  return samePhase ? sharedBy(mine, ONE_WARP) : mine;
}

struct Granule {
  Stamp written = 0, read = 0;
};

/** Hands out zeroed pages that take memory when they are touched: kernels touch little of what is allocated. */
template <class T> struct ZeroedAllocator {
  using value_type = T;
  T* allocate(size_t count) {
    void* zeros = calloc(count, sizeof(T));
    if (!zeros) throw std::bad_alloc();
    return static_cast<T*>(zeros);
  }
  void deallocate(T* values, size_t) { free(values); }
  /** A new element is zero already. */
  void construct(T*) {}
};

/** The stamps of a range of memory, made when it is first touched with checks on. */
struct AccessShadow {
  std::vector<Granule, ZeroedAllocator<Granule>> granules;
  std::vector<u64> readOnlyEpoch;  // per granule, the epoch of its last ld.global.nc
  int granuleShift = 2;

  /** Granules of 2^shift bytes; finer ones replace coarser ones, which forgets: so only between launches. */
  void cover(u64 bytes, int shift) {
    if (!granules.empty() && shift >= granuleShift) return;
    granuleShift = shift;
    granules = std::vector<Granule, ZeroedAllocator<Granule>>((bytes >> shift) + 1);
    readOnlyEpoch.clear();
  }
};

}  // namespace standin
