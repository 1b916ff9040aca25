// Modules from PTX text, their functions and variables, occupancy.
#include <algorithm>
#include <cctype>

#include "driver.hpp"
#include "ptx-parser.hpp"

using namespace standin;

namespace {

/** The newest PTX that a driver takes. Source: PTX ISA, "Release Notes". */
int newestIsa(int driverVersion) {
  static const int table[][2] = {{13000, 90}, {12090, 88}, {12080, 87}, {12060, 85}, {12040, 84}, {12030, 83}, {12020, 82},
                                 {12010, 81}, {12000, 80}, {11080, 78}, {11070, 77}, {11060, 76}, {11050, 75}, {11040, 74},
                                 {11030, 73}, {11020, 72}, {11010, 71}, {11000, 70}, {10020, 65}, {10010, 64}};
  for (const auto& row : table) {
    if (driverVersion >= row[0]) return row[1];
  }
  return 63;
}

/** Throws when the device or the driver does not take the module. */
void checkTarget(const Module& module) {
  const Settings& s = driver().settings;
  if (module.isaMajor * 10 + module.isaMinor > newestIsa(s.driverVersion)) {
    throw Fault(UNSUPPORTED_PTX_VERSION, text("PTX version %d.%d is newer than driver %d takes", module.isaMajor, module.isaMinor,
                                              s.driverVersion));
  }
  const int device = s.capabilityMajor * 10 + s.capabilityMinor;
  const char suffix = module.target.empty() ? ' ' : module.target.back();
  const bool specific = isalpha(u8(suffix));
  if (specific ? module.capability != device : module.capability > device) {
    throw Fault(specific ? NO_BINARY_FOR_GPU : INVALID_PTX, "target " + module.target + text(" does not run on sm_%d", device));
  }
}

Code load(void** handle, const void* image, std::string& log) {
  if (!image) return INVALID_VALUE;
  if (Code refused = refusedByCapture()) return refused;
  const char* source = static_cast<const char*>(image);
  if (source[0] == 0x7f || source[0] == 0x50) {
    log = "the stand-in takes PTX text, not a cubin or fatbin";
    report("module", log);
    return NO_BINARY_FOR_GPU;
  }
  auto made = std::make_unique<LoadedModule>();
  made->context = currentContext()->number;
  std::vector<u64> variables;
  VariableStore store;
  store.allocate = [&](u64 bytes) {
    u64 address = 0;
    if (Code code = allocate(&address, bytes)) throw Fault(code, "module variable");
    variables.push_back(address);
    return address;
  };
  store.fill = [](u64 address, const std::vector<u8>& content) {
    memcpy(driver().memory.range(address, content.size()), content.data(), content.size());
  };
  try {
    made->program = Parser(source, store).parse();
    checkTarget(made->program);
  } catch (const Fault& fault) {
    for (u64 address : variables) release(address);
    log = fault.what();
    report("module", log);
    return fault.code;
  }
  LoadedModule* module = made.get();
  for (const auto& kernel : module->program.kernels) {
    auto function = std::make_unique<Function>();
    function->context = module->context;
    function->module = module;
    function->kernel = &kernel.second;
    module->functions[kernel.first] = driver().functions.add(std::move(function));
  }
  *handle = reinterpret_cast<void*>(driver().modules.add(std::move(made)));
  return SUCCESS;
}

enum FunctionAttribute { MAX_THREADS = 0, SHARED_BYTES = 1, CONST_BYTES = 2, LOCAL_BYTES = 3, REGISTERS = 4, PTX_VERSION = 5,
                         BINARY_VERSION = 6, CACHE_MODE = 7, DYNAMIC_SHARED_LIMIT = 8, CARVEOUT = 9 };
constexpr int SHARED_PER_MULTIPROCESSOR = 233472;

int blocksPerMultiprocessor(const Function& function, int threads, size_t dynamicBytes) {
  if (threads <= 0) return 0;
  size_t shared = function.kernel->sharedBytes + dynamicBytes + 1024;
  return std::min({2048 / int(roundUp(u64(threads), 32)), 32, SHARED_PER_MULTIPROCESSOR / int(shared)});
}

}  // namespace

DRIVER_API cuModuleLoadData(void** module, const void* image) {
  DRIVER_CALL("cuModuleLoadData", CONTEXT);
  std::string log;
  return load(module, image, log);
}
DRIVER_API cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options, void** values) {
  DRIVER_CALL("cuModuleLoadDataEx", CONTEXT);
  enum { INFO_LOG = 3, INFO_BYTES = 4, ERROR_LOG = 5, ERROR_BYTES = 6 };
  char* buffer = nullptr;
  size_t capacity = 0;
  for (unsigned index = 0; index < count; index++) {
    if (options[index] == ERROR_LOG) buffer = static_cast<char*>(values[index]);
    if (options[index] == ERROR_BYTES) capacity = size_t(reinterpret_cast<u64>(values[index]) & 0xffffffff);
  }
  std::string log;
  Code code = load(module, image, log);
  if (buffer && capacity) snprintf(buffer, capacity, "%s", log.c_str());
  for (unsigned index = 0; index < count; index++) {
    if (options[index] == INFO_BYTES) values[index] = nullptr;
    if (options[index] == ERROR_BYTES) values[index] = reinterpret_cast<void*>(std::min(log.size(), capacity));
  }
  return code;
}
DRIVER_API cuModuleUnload(void* handle) {
  DRIVER_CALL("cuModuleUnload", CONTEXT);
  LoadedModule* module = owned(driver().modules, handle, "module");
  if (!module) return INVALID_HANDLE;
  if (Code refused = refusedByCapture()) return refused;
  drainContext(*currentContext());
  for (const auto& variable : module->program.variables) release(variable.second.address);
  driver().functions.removeIf([&](const Function& function) { return function.module == module; });
  driver().modules.remove(handle);
  return SUCCESS;
}
DRIVER_API cuModuleGetFunction(void** function, void* handle, const char* name) {
  DRIVER_CALL("cuModuleGetFunction", CONTEXT);
  LoadedModule* module = owned(driver().modules, handle, "module");
  if (!module) return INVALID_HANDLE;
  auto found = module->functions.find(name);
  if (found == module->functions.end()) return NOT_FOUND;
  *function = reinterpret_cast<void*>(found->second);
  return SUCCESS;
}
DRIVER_API cuModuleGetGlobal_v2(u64* address, size_t* bytes, void* handle, const char* name) {
  DRIVER_CALL("cuModuleGetGlobal", CONTEXT);
  LoadedModule* module = owned(driver().modules, handle, "module");
  if (!module) return INVALID_HANDLE;
  auto found = module->program.variables.find(name);
  if (found == module->program.variables.end()) return NOT_FOUND;
  if (address) *address = found->second.address;
  if (bytes) *bytes = found->second.bytes;
  return SUCCESS;
}
DRIVER_API cuModuleGetLoadingMode(int* mode) {
  DRIVER_CALL("cuModuleGetLoadingMode", INITIALISED);
  *mode = 1;  // eager
  return SUCCESS;
}
DRIVER_API cuFuncGetAttribute(int* value, int attribute, void* handle) {
  DRIVER_CALL("cuFuncGetAttribute", CONTEXT);
  Function* function = owned(driver().functions, handle, "function");
  if (!function) return INVALID_HANDLE;
  const Kernel& kernel = *function->kernel;
  const Module& program = function->module->program;
  const Settings& s = driver().settings;
  switch (attribute) {
    case MAX_THREADS: *value = int(kernel.maxThreads ? kernel.maxThreads : 1024); break;
    case SHARED_BYTES: *value = int(kernel.sharedBytes); break;
    case LOCAL_BYTES: *value = int(kernel.localBytes); break;
    case REGISTERS: *value = 32; break;  // interpreted code has no register allocation to speak of
    case PTX_VERSION: *value = program.isaMajor * 10 + program.isaMinor; break;
    case BINARY_VERSION: *value = s.capabilityMajor * 10 + s.capabilityMinor; break;
    case DYNAMIC_SHARED_LIMIT: *value = function->dynamicSharedLimit; break;
    case CARVEOUT: *value = -1; break;
    case CONST_BYTES: case CACHE_MODE: *value = 0; break;
    default: return INVALID_VALUE;
  }
  return SUCCESS;
}
DRIVER_API cuFuncSetAttribute(void* handle, int attribute, int value) {
  DRIVER_CALL("cuFuncSetAttribute", CONTEXT);
  Function* function = owned(driver().functions, handle, "function");
  if (!function) return INVALID_HANDLE;
  if (attribute == CARVEOUT) return value >= -1 && value <= 100 ? SUCCESS : INVALID_VALUE;
  if (attribute != DYNAMIC_SHARED_LIMIT) return INVALID_VALUE;
  if (value < 0 || value + int(function->kernel->sharedBytes) > mostSharedBytes(driver().settings)) return INVALID_VALUE;
  function->dynamicSharedLimit = value;
  return SUCCESS;
}
DRIVER_API cuFuncSetCacheConfig(void* handle, int) {
  DRIVER_CALL("cuFuncSetCacheConfig", CONTEXT);
  return owned(driver().functions, handle, "function") ? SUCCESS : INVALID_HANDLE;
}
DRIVER_API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* handle, int threads, size_t dynamicBytes) {
  DRIVER_CALL("cuOccupancyMaxActiveBlocksPerMultiprocessor", CONTEXT);
  Function* function = owned(driver().functions, handle, "function");
  if (!function) return INVALID_HANDLE;
  *blocks = blocksPerMultiprocessor(*function, threads, dynamicBytes);
  return SUCCESS;
}
DRIVER_API cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, void* handle, int threads, size_t dynamicBytes,
                                                                unsigned) {
  DRIVER_CALL("cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags", CONTEXT);
  Function* function = owned(driver().functions, handle, "function");
  if (!function) return INVALID_HANDLE;
  *blocks = blocksPerMultiprocessor(*function, threads, dynamicBytes);
  return SUCCESS;
}
