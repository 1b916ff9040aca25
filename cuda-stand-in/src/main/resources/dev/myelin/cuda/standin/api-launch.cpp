// cuLaunchKernel: checks the launch, takes a copy of the parameters, and puts the grid into the stream.
#include "driver.hpp"

using namespace standin;

namespace {

struct Dimensions {
  unsigned x, y, z;
  u64 product() const { return u64(x) * y * z; }
};

Code refuse(Code code, const Kernel& kernel, const std::string& why) {
  report("launch", kernel.name + ": " + why);
  return code;
}

Code checkDimensions(const Function& function, Dimensions grid, Dimensions block, unsigned dynamicBytes) {
  const Kernel& kernel = *function.kernel;
  const u64 threads = block.product();
  if (!grid.product() || grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) {
    return refuse(INVALID_VALUE, kernel, text("grid of %u x %u x %u blocks", grid.x, grid.y, grid.z));
  }
  if (!threads || block.x > 1024 || block.y > 1024 || block.z > 64 || threads > 1024) {
    return refuse(INVALID_VALUE, kernel, text("block of %u x %u x %u threads", block.x, block.y, block.z));
  }
  if ((kernel.maxThreads && threads > kernel.maxThreads) || (kernel.requiredThreads && threads != kernel.requiredThreads)) {
    return refuse(INVALID_VALUE, kernel, text("block of %u threads, where .maxntid says %u and .reqntid %u", unsigned(threads),
                                              kernel.maxThreads, kernel.requiredThreads));
  }
  const u64 limit = function.dynamicSharedLimit > 49152 ? u64(mostSharedBytes(driver().settings)) : 49152;
  if (int(dynamicBytes) > function.dynamicSharedLimit || dynamicBytes + kernel.sharedBytes > limit) {
    return refuse(INVALID_VALUE, kernel, text("%u bytes of dynamic and %u of static shared memory, where the limits are %d and %d",
                                              dynamicBytes, kernel.sharedBytes, function.dynamicSharedLimit, int(limit)));
  }
  if (dynamicBytes && !kernel.usesDynamicShared) report("launch", kernel.name + ": dynamic shared memory is given and not used");
  if (!dynamicBytes && kernel.usesDynamicShared) report("launch", kernel.name + ": dynamic shared memory is used and not given");
  return SUCCESS;
}

/** Parameters through `extra`: one packed buffer, whose size must be the kernel's. */
Code packedParameters(const Kernel& kernel, void** extra, std::vector<u8>& to) {
  enum { END = 0, BUFFER = 1, SIZE = 2 };
  const void* buffer = nullptr;
  const size_t* bytes = nullptr;
  for (; *extra != reinterpret_cast<void*>(END); extra += 2) {
    if (*extra == reinterpret_cast<void*>(BUFFER)) {
      buffer = extra[1];
    } else if (*extra == reinterpret_cast<void*>(SIZE)) {
      bytes = static_cast<const size_t*>(extra[1]);
    } else {
      return INVALID_VALUE;
    }
  }
  if (!buffer || !bytes) return INVALID_VALUE;
  if (*bytes != to.size()) {
    return refuse(INVALID_VALUE, kernel, text("%d bytes of packed parameters, where the PTX declares %d", int(*bytes), int(to.size())));
  }
  memcpy(to.data(), buffer, *bytes);
  return SUCCESS;
}

Code separateParameters(const Kernel& kernel, void** parameters, std::vector<u8>& to) {
  if (!parameters && !kernel.parameters.empty()) return refuse(INVALID_VALUE, kernel, "no parameters");
  for (size_t index = 0; index < kernel.parameters.size(); index++) {
    const Parameter& parameter = kernel.parameters[index];
    if (!parameters[index]) return refuse(INVALID_VALUE, kernel, text("parameter %d is a null pointer", int(index)));
    memcpy(to.data() + parameter.offset, parameters[index], parameter.bytes);
  }
  return SUCCESS;
}

void addStatistics(const Statistics& from) {
  Statistics& to = driver().statistics;
  const u64* source = reinterpret_cast<const u64*>(&from);
  u64* target = reinterpret_cast<u64*>(&to);
  for (size_t index = 0; index < sizeof(Statistics) / sizeof(u64); index++) target[index] += source[index];
}

/** Each run gets reports and statistics of its own: a graph runs the same grid again and again. */
void runGrid(const Grid& launched, u64 function) {
  Grid grid = launched;
  if (!driver().functions.find(function)) throw Fault(LAUNCH_FAILED, "a kernel runs whose module is unloaded");
  grid.checks = driver().settings.checks;
  grid.instructionLimit = driver().settings.instructionLimit;
  auto finish = [&] {
    for (const Report& r : grid.reports) report(r.kind, r.text);
    addStatistics(grid.statistics);
  };
  try {
    run(grid, driver().epoch);
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

}  // namespace

DRIVER_API cuLaunchKernel(void* handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                          unsigned blockZ, unsigned dynamicBytes, void* streamHandle, void** parameters, void** extra) {
  DRIVER_CALL("cuLaunchKernel", CONTEXT);
  Function* function = owned(driver().functions, handle, "function");
  Stream* stream = streamOf(streamHandle);
  if (!function || !stream) return INVALID_HANDLE;
  if (parameters && extra) return INVALID_VALUE;
  const Kernel& kernel = *function->kernel;
  if (Code code = checkDimensions(*function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicBytes)) return code;
  Grid grid;
  grid.kernel = &kernel;
  grid.memory = &driver().memory;
  grid.context = function->context;
  grid.gridX = gridX, grid.gridY = gridY, grid.gridZ = gridZ;
  grid.blockX = blockX, grid.blockY = blockY, grid.blockZ = blockZ;
  grid.dynamicSharedBytes = dynamicBytes;
  grid.parameters.resize(kernel.parameterBytes);
  Code code = extra ? packedParameters(kernel, extra, grid.parameters) : separateParameters(kernel, parameters, grid.parameters);
  if (code != SUCCESS) return code;
  return enqueue(*stream, [grid, number = reinterpret_cast<u64>(handle)] { runGrid(grid, number); });
}
