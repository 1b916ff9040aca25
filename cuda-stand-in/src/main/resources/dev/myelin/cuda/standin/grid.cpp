// Runs a grid: block after block, in each the warps in turn until they wait at a barrier. Lanes of a warp that branched
// apart run as groups; the group at the lowest instruction goes first, so that they meet again where the paths join.
#include <algorithm>
#include <chrono>
#include <map>

#include "warp.hpp"

namespace standin {

std::string where(const Warp& warp, const Instruction& instruction, u32 lane) {
  const Block& block = *warp.block;
  return block.grid->kernel->name +
         text(": PTX line %d, block %u thread %u", instruction.line, block.index, warp.thread(lane));
}

namespace {

/** One warp's turn ends after so many instructions, so that one that spins cannot keep the others from what it awaits. */
constexpr u64 TURN = 1 << 20;

u32 predicated(const Warp& w, const Instruction& i, u32 mask) {
  if (i.predicate < 0) return mask;
  u32 holds = *w.lanes<u32>(i.predicate);
  return mask & (i.predicateNegated ? ~holds : holds);
}

void setPc(Warp& w, u32 mask, u32 pc) {
  for (; mask; mask &= mask - 1) w.pc[__builtin_ctz(mask)] = pc;
}

/** The lanes that stand at the lowest instruction, and where the next group stands. */
u32 lowestGroup(const Warp& w, u32 running, u32& pc, u32& nextGroup) {
  pc = nextGroup = ~0u;
  for (u32 rest = running; rest; rest &= rest - 1) pc = std::min(pc, w.pc[__builtin_ctz(rest)]);
  u32 mask = 0;
  for (u32 rest = running; rest; rest &= rest - 1) {
    u32 lane = u32(__builtin_ctz(rest));
    if (w.pc[lane] == pc) {
      mask |= 1u << lane;
    } else {
      nextGroup = std::min(nextGroup, w.pc[lane]);
    }
  }
  return mask;
}

class GridRun {
 public:
  GridRun(Grid& grid, u64& epoch) : grid_(grid), kernel_(*grid.kernel), epoch_(epoch) {
    block_.grid = &grid;
    block_.threads = grid.blockX * grid.blockY * grid.blockZ;
    u32 shared = grid.dynamicSharedBytes ? kernel_.dynamicSharedStart() + grid.dynamicSharedBytes : kernel_.sharedBytes;
    block_.shared.resize(shared);
    block_.epochs.launchStart = ++epoch_;
    if (grid.checks.races) block_.shadow.cover(shared, kernel_.granuleShift);
    prepareWarps();
  }

  void run() {
    for (u32 z = 0; z < grid_.gridZ; z++) {
      for (u32 y = 0; y < grid_.gridY; y++) {
        for (u32 x = 0; x < grid_.gridX; x++) runBlock(x, y, z);
      }
    }
    grid_.statistics.warpInstructions += executed_;
  }

 private:
  void prepareWarps() {
    u32 count = (block_.threads + 31) / 32;
    warps_.resize(count);
    files_.resize(count);
    for (u32 index = 0; index < count; index++) {
      Warp& w = warps_[index];
      files_[index].reset(new u8[kernel_.registerBytes + 64]());
      w.registers = files_[index].get() + (64 - reinterpret_cast<uintptr_t>(files_[index].get()) % 64);
      w.index = index;
      w.block = &block_;
      w.local.resize(size_t(kernel_.localBytes) * 32);
      for (const Constant& constant : kernel_.constants) {
        u8* at = w.lanes<u8>(constant.slot);
        for (u32 lane = 0; lane < 32; lane++) memcpy(at + lane * constant.bytes, &constant.value, constant.bytes);
      }
      for (const auto& special : kernel_.specialRegisters) setSpecial(w, special.first, special.second);
    }
  }

  void setSpecial(Warp& w, const std::string& name, Slot slot) {
    const Grid& g = grid_;
    auto set = [&](auto value) {
      for (u32 lane = 0; lane < 32; lane++) w.lanes<u32>(slot)[lane] = u32(value(lane));
    };
    auto thread = [&](u32 lane) { return w.thread(lane); };
    if (name == "%tid.x") return set([&](u32 lane) { return thread(lane) % g.blockX; });
    if (name == "%tid.y") return set([&](u32 lane) { return thread(lane) / g.blockX % g.blockY; });
    if (name == "%tid.z") return set([&](u32 lane) { return thread(lane) / g.blockX / g.blockY; });
    if (name == "%laneid") return set([&](u32 lane) { return lane; });
    if (name == "%warpid") return set([&](u32) { return w.index; });
    if (name == "%lanemask_eq") return set([&](u32 lane) { return 1u << lane; });
    if (name == "%lanemask_lt") return set([&](u32 lane) { return (1u << lane) - 1; });
    if (name == "%lanemask_le") return set([&](u32 lane) { return (2ull << lane) - 1; });
    if (name == "%lanemask_gt") return set([&](u32 lane) { return ~((2ull << lane) - 1); });
    if (name == "%lanemask_ge") return set([&](u32 lane) { return ~((1u << lane) - 1); });
    const std::map<std::string, u32> uniform = {
        {"%ntid.x", g.blockX},    {"%ntid.y", g.blockY},    {"%ntid.z", g.blockZ},
        {"%nctaid.x", g.gridX},   {"%nctaid.y", g.gridY},   {"%nctaid.z", g.gridZ},
        {"%ctaid.x", blockX_},    {"%ctaid.y", blockY_},    {"%ctaid.z", blockZ_},
        {"%nwarpid", u32(warps_.size())}, {"%nsmid", 1},    {"%smid", 0},
        {"%dynamic_smem_size", g.dynamicSharedBytes},       {"%total_smem_size", u32(block_.shared.size())}};
    auto known = uniform.find(name);
    if (known != uniform.end()) return set([&](u32) { return known->second; });
    u64 clock = u64(std::chrono::steady_clock::now().time_since_epoch().count());
    if (name == "%clock") return set([&](u32) { return u32(clock); });
    for (u32 lane = 0; lane < 32; lane++) w.lanes<u64>(slot)[lane] = clock;
  }

  void enterBlock(u32 x, u32 y, u32 z) {
    blockX_ = x, blockY_ = y, blockZ_ = z;
    block_.index = (z * grid_.gridY + y) * grid_.gridX + x;
    block_.fenced = false;
    block_.epochs.blockStart = ++epoch_;
    block_.epochs.now = ++epoch_;
    std::fill(block_.shared.begin(), block_.shared.end(), u8(0xff));
    for (Granule& granule : block_.shadow.granules) {
      if (granule.written == IN_FLIGHT) granule = Granule{};
    }
    for (Warp& w : warps_) {
      u32 threads = std::min(32u, block_.threads - w.index * 32);
      w.live = threads == 32 ? ALL_LANES : (1u << threads) - 1;
      w.blocked = 0;
      w.phase = 1;
      w.copies.clear();
      forgetMultiplies(w);
      std::fill(std::begin(w.pc), std::end(w.pc), 0u);
      std::fill(std::begin(w.openGroup), std::end(w.openGroup), 0u);
      std::fill(w.local.begin(), w.local.end(), u8(0xff));
      for (const auto& special : kernel_.specialRegisters) {
        if (special.first.compare(0, 6, "%ctaid") == 0) setSpecial(w, special.first, special.second);
      }
    }
  }

  void runBlock(u32 x, u32 y, u32 z) {
    enterBlock(x, y, z);
    for (;;) {
      for (Warp& w : warps_) runTurn(w);
      if (executed_ > grid_.instructionLimit) {
        throw Fault(LAUNCH_TIMEOUT, kernel_.name + text(": no end after %llu instructions of a warp in block %u",
                                                        Count(executed_), block_.index));
      }
      bool running = false, live = false;
      for (Warp& w : warps_) {
        running |= (w.live & ~w.blocked) != 0;
        live |= w.live != 0;
      }
      if (!live) return;
      if (!running) releaseBarriers();
    }
  }

  void releaseBarriers() {
    struct Waiting {
      u32 threads = 0, pc = ~0u;
      s32 wanted = -1;
      bool several = false;
    };
    std::map<u32, Waiting> barriers;
    u32 live = 0;
    for (Warp& w : warps_) {
      live += u32(__builtin_popcount(w.live));
      for (u32 rest = w.live & w.blocked; rest; rest &= rest - 1) {
        u32 lane = u32(__builtin_ctz(rest));
        Waiting& at = barriers[w.barrier[lane]];
        at.threads++;
        at.wanted = w.barrierThreads[lane];
        if (at.pc != ~0u && at.pc != w.pc[lane]) at.several = true;
        at.pc = w.pc[lane];
      }
    }
    bool released = false;
    for (auto& barrier : barriers) {
      Waiting& at = barrier.second;
      if (at.several && at.wanted < 0) {
        throw Fault(LAUNCH_FAILED, kernel_.name + text(": threads of block %u wait at different barriers of number %u",
                                                       block_.index, barrier.first));
      }
      if (at.wanted < 0 && live < block_.threads) {
        const int line = kernel_.code[at.pc - 1].line;
        const char* what = ": PTX line %d, block %u: barrier reached by %u threads, the other %u of the block have returned";
        grid_.report("divergence", line, kernel_.name + text(what, line, block_.index, at.threads, block_.threads - live));
      }
      if (at.threads < (at.wanted < 0 ? live : u32(at.wanted))) continue;
      released = true;
      grid_.statistics.barriers++;
      for (Warp& w : warps_) {
        for (u32 rest = w.blocked; rest; rest &= rest - 1) {
          u32 lane = u32(__builtin_ctz(rest));
          if (w.barrier[lane] == barrier.first) w.blocked &= ~(1u << lane);
        }
      }
    }
    if (!released) throw Fault(LAUNCH_FAILED, kernel_.name + text(": deadlock at a barrier in block %u", block_.index));
    block_.epochs.now = ++epoch_;
  }

  void runTurn(Warp& w) {
    const Instruction* code = kernel_.code.data();
    for (u64 turnEnd = executed_ + TURN; executed_ < turnEnd;) {
      u32 running = w.live & ~w.blocked, pc, nextGroup;
      if (!running) return;
      u32 mask = lowestGroup(w, running, pc, nextGroup);
      runGroup(w, code, mask, pc, nextGroup, turnEnd);
    }
  }

  /** Runs lanes that stand together until they part, wait, end, meet the next group, or the turn is over. */
  void runGroup(Warp& w, const Instruction* code, u32 mask, u32 pc, u32 nextGroup, u64 turnEnd) {
    for (;;) {
      const Instruction& i = code[pc];
      const u32 active = predicated(w, i, mask);
      executed_++;
      if (grid_.checks.statistics) grid_.statistics.laneInstructions += u64(__builtin_popcount(active));
      switch (i.flow) {
        case Flow::NEXT:
          if (active) i.run(w, i, active);
          pc++;
          break;
        case Flow::BRANCH:
          if (active != mask && active) {
            grid_.statistics.divergentBranches++;
            setPc(w, active, i.target);
            return setPc(w, mask & ~active, pc + 1);
          }
          pc = active ? i.target : pc + 1;
          break;
        case Flow::EXIT:
          w.live &= ~active;
          return setPc(w, mask, pc + 1);
        case Flow::BARRIER:
          for (u32 rest = active; rest; rest &= rest - 1) {
            u32 lane = u32(__builtin_ctz(rest));
            w.barrier[lane] = u32(i.offset);
            w.barrierThreads[lane] = s32(i.offset2);
          }
          w.blocked |= active;
          return setPc(w, mask, pc + 1);
      }
      if (pc >= nextGroup || executed_ >= turnEnd) return setPc(w, mask, pc);
    }
  }

  Grid& grid_;
  const Kernel& kernel_;
  u64& epoch_;
  Block block_;
  std::vector<Warp> warps_;
  std::vector<std::unique_ptr<u8[]>> files_;
  u32 blockX_ = 0, blockY_ = 0, blockZ_ = 0;
  u64 executed_ = 0;
};

}  // namespace

void countAccess(Warp& w, const Instruction& i, u32 mask, const u64* addresses, bool write) {
  Statistics& counts = w.block->grid->statistics;
  Space space = i.space;
  if (space == Space::GENERIC) {
    space = addresses[__builtin_ctz(mask)] - SHARED_WINDOW < WINDOW_BYTES ? Space::SHARED : Space::GLOBAL;
  }
  const u32 bytes = u32(i.bytes) * i.count;
  if (space == Space::GLOBAL) {
    std::vector<u64> sectors;
    for (u32 rest = mask; rest; rest &= rest - 1) sectors.push_back(addresses[__builtin_ctz(rest)] / 32);
    std::sort(sectors.begin(), sectors.end());
    u64 distinct = u64(std::unique(sectors.begin(), sectors.end()) - sectors.begin());
    (write ? counts.globalStores : counts.globalLoads)++;
    (write ? counts.globalStoreSectors : counts.globalLoadSectors) += distinct;
  } else if (space == Space::SHARED) {
    const u32 lanesAtOnce = bytes <= 4 ? 32 : bytes <= 8 ? 16 : 8;
    for (u32 first = 0; first < 32; first += lanesAtOnce) {
      std::vector<u64> words;
      for (u32 lane = first; lane < first + lanesAtOnce; lane++) {
        if (!(mask >> lane & 1)) continue;
        for (u32 word = 0; word < std::max(1u, bytes / 4); word++) words.push_back(addresses[lane] / 4 + word);
      }
      if (words.empty()) continue;
      std::sort(words.begin(), words.end());
      words.erase(std::unique(words.begin(), words.end()), words.end());
      u64 perBank[32] = {}, most = 0;
      for (u64 word : words) most = std::max(most, ++perBank[word % 32]);
      counts.sharedPasses += most;
      counts.sharedBankConflicts += most - 1;
    }
  }
}

void run(Grid& grid, u64& epoch) { GridRun(grid, epoch).run(); }

}  // namespace standin
