// Device memory: host memory behind addresses of a range of their own, with unmapped gaps between allocations, so that
// an access past an end, or through a freed or a host pointer, is seen.
#pragma once
#include <map>
#include <memory>

#include "access-shadow.hpp"
#include "base.hpp"

namespace standin {

struct Allocation {
  u64 base = 0, bytes = 0;
  u32 context = 0;  // the number of the context that owns it
  std::unique_ptr<u8[]> host;
  AccessShadow shadow;
};

class DeviceMemory {
 public:
  /** A new allocation, filled with 0xff (NaN as floats): what is read before it is written shows up. */
  u64 allocate(u64 bytes, u32 context) {
    Allocation made;
    made.base = next_;
    made.bytes = bytes;
    made.context = context;
    made.host.reset(new u8[bytes]);
    memset(made.host.get(), 0xff, bytes);
    next_ += roundUp(bytes, GRANULARITY) + GAP;
    u64 base = made.base;
    allocations_.emplace(base, std::move(made));
    return base;
  }
  /** Frees the allocation that begins at the address; false when there is none. */
  bool free(u64 address) {
    last_ = nullptr;
    return allocations_.erase(address) == 1;
  }
  /** The allocation that holds the address, or null. */
  Allocation* find(u64 address) {
    if (last_ && address - last_->base < last_->bytes) return last_;
    auto after = allocations_.upper_bound(address);
    if (after == allocations_.begin()) return nullptr;
    Allocation* candidate = &std::prev(after)->second;
    return address - candidate->base < candidate->bytes ? last_ = candidate : nullptr;
  }
  /** Host memory behind [address, address + bytes), or null unless one allocation holds all of it. */
  u8* range(u64 address, u64 bytes) {
    Allocation* holder = find(address);
    if (!holder || bytes > holder->bytes - (address - holder->base)) return nullptr;
    return holder->host.get() + (address - holder->base);
  }
  std::map<u64, Allocation>& allocations() { return allocations_; }
  /** What an allocation takes from the device, which hands out memory in steps. */
  static u64 charge(u64 bytes) { return roundUp(bytes, GRANULARITY); }
  void clear() {
    allocations_.clear();
    last_ = nullptr;
  }

 private:
  static constexpr u64 GRANULARITY = 512, GAP = 4096;
  u64 next_ = 0x700000000ull;
  std::map<u64, Allocation> allocations_;
  Allocation* last_ = nullptr;
};

}  // namespace standin
