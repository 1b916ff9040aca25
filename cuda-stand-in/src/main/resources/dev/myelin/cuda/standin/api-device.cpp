// Initialisation, devices, contexts.
#include "driver.hpp"

using namespace standin;

namespace {

bool isDevice(int device) { return device >= 0 && device < driver().settings.devices; }

/** CUdevice_attribute to value, of a card like an H100 where it matters to a program. */
const std::map<int, int>& attributes() {
  static const std::map<int, int> known = {
      {1, 1024},        {2, 1024},     {3, 1024},     {4, 64},         {5, 2147483647}, {6, 65535},  {7, 65535},
      {8, 49152},       {9, 65536},    {10, 32},      {11, 2147483647}, {12, 65536},    {13, 1980000}, {14, 512},
      {15, 1},          {16, 132},     {17, 0},       {18, 0},         {19, 1},         {20, 0},     {31, 1},
      {32, 0},          {36, 2619000}, {37, 5120},    {38, 52428800},  {39, 2048},      {40, 3},     {41, 1},
      {81, 233472},     {82, 65536},   {83, 1},       {95, 1},         {106, 32},   {111, 1024},
      {115, 1}};
  return known;
}

}  // namespace

DRIVER_API cuInit(unsigned flags) {
  DRIVER_CALL("cuInit", NOTHING);
  if (flags) return INVALID_VALUE;
  if (!driver().settings.devices) return NO_DEVICE;
  driver().initialised = true;
  return SUCCESS;
}
DRIVER_API cuDriverGetVersion(int* version) {
  DRIVER_CALL("cuDriverGetVersion", NOTHING);
  *version = driver().settings.driverVersion;
  return SUCCESS;
}
DRIVER_API cuDeviceGetCount(int* count) {
  DRIVER_CALL("cuDeviceGetCount", INITIALISED);
  *count = driver().settings.devices;
  return SUCCESS;
}
DRIVER_API cuDeviceGet(int* device, int ordinal) {
  DRIVER_CALL("cuDeviceGet", INITIALISED);
  if (!isDevice(ordinal)) return INVALID_DEVICE;
  *device = ordinal;
  return SUCCESS;
}
DRIVER_API cuDeviceGetName(char* name, int length, int device) {
  DRIVER_CALL("cuDeviceGetName", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  snprintf(name, size_t(length), "CUDA stand-in %d.%d (interprets PTX)", driver().settings.capabilityMajor,
           driver().settings.capabilityMinor);
  return SUCCESS;
}
DRIVER_API cuDeviceGetUuid(char* uuid, int device) {
  DRIVER_CALL("cuDeviceGetUuid", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  memset(uuid, 0, 16);
  uuid[15] = char(device);
  return SUCCESS;
}
DRIVER_API cuDeviceTotalMem_v2(size_t* bytes, int device) {
  DRIVER_CALL("cuDeviceTotalMem", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  *bytes = driver().settings.memoryBytes;
  return SUCCESS;
}
DRIVER_API cuDeviceComputeCapability(int* major, int* minor, int device) {
  DRIVER_CALL("cuDeviceComputeCapability", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  *major = driver().settings.capabilityMajor;
  *minor = driver().settings.capabilityMinor;
  return SUCCESS;
}
DRIVER_API cuDeviceGetAttribute(int* value, int attribute, int device) {
  DRIVER_CALL("cuDeviceGetAttribute", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  if (attribute == 75) return *value = driver().settings.capabilityMajor, SUCCESS;
  if (attribute == 76) return *value = driver().settings.capabilityMinor, SUCCESS;
  if (attribute == 97) return *value = mostSharedBytes(driver().settings), SUCCESS;
  auto known = attributes().find(attribute);
  *value = known == attributes().end() ? 0 : known->second;
  return SUCCESS;
}

DRIVER_API cuCtxCreate_v2(void** context, unsigned, int device) {
  DRIVER_CALL("cuCtxCreate", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  Context& made = addContext(device);
  made.alive = true;
  *context = &made;
  contextStack().push_back(&made);
  return SUCCESS;
}
DRIVER_API cuCtxDestroy_v2(void* context) {
  DRIVER_CALL("cuCtxDestroy", INITIALISED);
  Context* found = static_cast<Context*>(context);
  if (!found || !found->alive) return INVALID_CONTEXT;
  destroyContext(*found);
  if (currentContext() == found) contextStack().pop_back();
  return SUCCESS;
}
DRIVER_API cuDevicePrimaryCtxRetain(void** context, int device) {
  DRIVER_CALL("cuDevicePrimaryCtxRetain", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  Context& primary = primaryContext(device);
  primary.alive = true;
  primary.references++;
  *context = &primary;
  return SUCCESS;
}
DRIVER_API cuDevicePrimaryCtxRelease_v2(int device) {
  DRIVER_CALL("cuDevicePrimaryCtxRelease", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  Context& primary = primaryContext(device);
  if (!primary.references) return INVALID_CONTEXT;
  if (--primary.references == 0) destroyContext(primary);
  return SUCCESS;
}
DRIVER_API cuDevicePrimaryCtxReset_v2(int device) {
  DRIVER_CALL("cuDevicePrimaryCtxReset", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  destroyContext(primaryContext(device));
  return SUCCESS;
}
DRIVER_API cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active) {
  DRIVER_CALL("cuDevicePrimaryCtxGetState", INITIALISED);
  if (!isDevice(device)) return INVALID_DEVICE;
  *flags = 0;
  *active = primaryContext(device).alive;
  return SUCCESS;
}
DRIVER_API cuDevicePrimaryCtxSetFlags_v2(int device, unsigned) {
  DRIVER_CALL("cuDevicePrimaryCtxSetFlags", INITIALISED);
  return isDevice(device) ? SUCCESS : INVALID_DEVICE;
}
DRIVER_API cuCtxSetCurrent(void* context) {
  DRIVER_CALL("cuCtxSetCurrent", INITIALISED);
  std::vector<Context*>& stack = contextStack();
  if (!stack.empty()) stack.pop_back();
  if (context) stack.push_back(static_cast<Context*>(context));
  return SUCCESS;
}
DRIVER_API cuCtxGetCurrent(void** context) {
  DRIVER_CALL("cuCtxGetCurrent", INITIALISED);
  *context = currentContext();
  return SUCCESS;
}
DRIVER_API cuCtxPushCurrent_v2(void* context) {
  DRIVER_CALL("cuCtxPushCurrent", INITIALISED);
  if (!context) return INVALID_CONTEXT;
  contextStack().push_back(static_cast<Context*>(context));
  return SUCCESS;
}
DRIVER_API cuCtxPopCurrent_v2(void** context) {
  DRIVER_CALL("cuCtxPopCurrent", INITIALISED);
  if (contextStack().empty()) return INVALID_CONTEXT;
  if (context) *context = contextStack().back();
  contextStack().pop_back();
  return SUCCESS;
}
DRIVER_API cuCtxGetDevice(int* device) {
  DRIVER_CALL("cuCtxGetDevice", CONTEXT);
  *device = currentContext()->device;
  return SUCCESS;
}
DRIVER_API cuCtxSynchronize() {
  DRIVER_CALL("cuCtxSynchronize", CONTEXT);
  if (Code refused = refusedByCapture()) return refused;
  drainContext(*currentContext());
  return outcome();
}
DRIVER_API cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  DRIVER_CALL("cuCtxGetStreamPriorityRange", CONTEXT);
  if (least) *least = 0;
  if (greatest) *greatest = -5;
  return SUCCESS;
}
DRIVER_API cuCtxGetApiVersion(void*, unsigned* version) {
  DRIVER_CALL("cuCtxGetApiVersion", INITIALISED);
  *version = 3020;
  return SUCCESS;
}
DRIVER_API cuProfilerStart() { return SUCCESS; }
DRIVER_API cuProfilerStop() { return SUCCESS; }
