// Device memory, pinned host memory, copies and fills.
#include <cstdlib>

#include "driver.hpp"

namespace standin {

Code allocate(u64* address, u64 bytes) {
  Driver& d = driver();
  Context& context = *currentContext();
  if (!bytes) return INVALID_VALUE;
  d.allocationCount++;
  if (d.failingAllocation > 0 && --d.failingAllocation == 0) return OUT_OF_MEMORY;
  u64& used = d.usedBytes[context.device];
  const u64 charge = DeviceMemory::charge(bytes);
  if (bytes > d.settings.memoryBytes || used + charge > d.settings.memoryBytes) return OUT_OF_MEMORY;
  used += charge;
  d.peakBytes = std::max(d.peakBytes, used);
  *address = d.memory.allocate(bytes, context.number);
  return SUCCESS;
}

Code release(u64 address) {
  Driver& d = driver();
  auto found = d.memory.allocations().find(address);
  if (found == d.memory.allocations().end()) {
    report("memory", text("free of 0x%llx, where no allocation begins (freed before?)", Count(address)));
    return INVALID_VALUE;
  }
  const Context& owner = *d.contexts[found->second.context - 1];
  d.usedBytes[owner.device] -= DeviceMemory::charge(found->second.bytes);
  d.memory.free(address);
  return SUCCESS;
}

}  // namespace standin

using namespace standin;

namespace {

bool isPinned(const void* host, u64 bytes) {
  const std::map<u64, PinnedRange>& pinned = driver().pinned;
  u64 address = reinterpret_cast<u64>(host);
  auto after = pinned.upper_bound(address);
  if (after == pinned.begin()) return false;
  const auto& range = *std::prev(after);
  return address + bytes <= range.first + range.second.bytes;
}

/** Device memory when the work runs, which may be later than when it was asked for. */
u8* deviceRange(const char* what, u64 address, u64 bytes) {
  u8* host = driver().memory.range(address, bytes);
  if (!host) {
    throw Fault(ILLEGAL_ADDRESS, text("%s of %llu bytes at 0x%llx touches memory that is freed or was never allocated", what,
                                      Count(bytes), Count(address)));
  }
  return host;
}
bool isDeviceRange(const char* what, u64 address, u64 bytes) {
  if (driver().memory.range(address, bytes)) return true;
  report("memory", text("%s: %llu bytes at 0x%llx do not lie in one allocation", what, Count(bytes),
                        Count(address)));
  return false;
}

Code copyToDevice(u64 to, const void* from, u64 bytes, void* streamHandle) {
  if (!bytes) return SUCCESS;
  Stream* stream = streamOf(streamHandle);
  if (!stream) return INVALID_HANDLE;
  if (!from || !isDeviceRange("copy to device", to, bytes)) return INVALID_VALUE;
  if (isPinned(from, bytes)) {
    return enqueue(*stream, [=] { memcpy(deviceRange("copy to device", to, bytes), from, bytes); });
  }
  // Pageable memory is staged before the call returns.
  const u8* start = static_cast<const u8*>(from);
  auto staged = std::make_shared<std::vector<u8>>(start, start + bytes);
  return enqueue(*stream, [=] { memcpy(deviceRange("copy to device", to, bytes), staged->data(), bytes); });
}
Code copyFromDevice(void* to, u64 from, u64 bytes, void* streamHandle) {
  if (!bytes) return SUCCESS;
  Stream* stream = streamOf(streamHandle);
  if (!stream) return INVALID_HANDLE;
  if (!to || !isDeviceRange("copy from device", from, bytes)) return INVALID_VALUE;
  if (stream->capture && !isPinned(to, bytes)) {
    stream->capture->invalid = true;
    return STREAM_CAPTURE_UNSUPPORTED;
  }
  Code code = enqueue(*stream, [=] { memcpy(to, deviceRange("copy from device", from, bytes), bytes); });
  // Into pageable memory the copy is done when the call returns.
  if (code != SUCCESS || isPinned(to, bytes) || stream->capture) return code;
  drain(*stream);
  return outcome();
}
Code copyOnDevice(u64 to, u64 from, u64 bytes, void* streamHandle) {
  if (!bytes) return SUCCESS;
  Stream* stream = streamOf(streamHandle);
  if (!stream) return INVALID_HANDLE;
  if (!isDeviceRange("copy on device", to, bytes) || !isDeviceRange("copy on device", from, bytes)) return INVALID_VALUE;
  return enqueue(*stream, [=] {
    memmove(deviceRange("copy on device", to, bytes), deviceRange("copy on device", from, bytes), bytes);
  });
}
template <class T> Code fill(u64 to, T value, u64 count, void* streamHandle) {
  if (!count) return SUCCESS;
  Stream* stream = streamOf(streamHandle);
  if (!stream) return INVALID_HANDLE;
  if (to % sizeof(T) || !isDeviceRange("fill", to, count * sizeof(T))) return INVALID_VALUE;
  return enqueue(*stream, [=] {
    T* start = reinterpret_cast<T*>(deviceRange("fill", to, count * sizeof(T)));
    for (u64 index = 0; index < count; index++) start[index] = value;
  });
}
/** A synchronous copy goes through the null stream. */
Code thenWait(Code code) {
  if (code != SUCCESS) return code;
  drain(*streamOf(nullptr));
  return outcome();
}
Code pin(void** host, u64 bytes) {
  if (!bytes) return INVALID_VALUE;
  if (Code refused = refusedByCapture()) return refused;
  driver().allocationCount++;
  if (driver().failingAllocation > 0 && --driver().failingAllocation == 0) return OUT_OF_MEMORY;
  *host = aligned_alloc(4096, roundUp(bytes, 4096));
  if (!*host) return OUT_OF_MEMORY;
  memset(*host, 0xff, bytes);
  driver().pinned[reinterpret_cast<u64>(*host)] = {bytes, currentContext()->number, true};
  return SUCCESS;
}

}  // namespace

DRIVER_API cuMemAlloc_v2(u64* address, size_t bytes) {
  DRIVER_CALL("cuMemAlloc", CONTEXT);
  if (Code refused = refusedByCapture()) return refused;
  return allocate(address, bytes);
}
DRIVER_API cuMemFree_v2(u64 address) {
  DRIVER_CALL("cuMemFree", CONTEXT);
  if (!address) return SUCCESS;
  if (Code refused = refusedByCapture()) return refused;
  drainContext(*currentContext());
  return release(address);
}
DRIVER_API cuMemAllocAsync(u64* address, size_t bytes, void* stream) {
  DRIVER_CALL("cuMemAllocAsync", CONTEXT);
  if (!streamOf(stream)) return INVALID_HANDLE;
  if (streamOf(stream)->capture) return NOT_SUPPORTED;  // memory nodes of graphs are not stood in for
  return allocate(address, bytes);
}
DRIVER_API cuMemFreeAsync(u64 address, void* handle) {
  DRIVER_CALL("cuMemFreeAsync", CONTEXT);
  Stream* stream = streamOf(handle);
  if (!stream) return INVALID_HANDLE;
  if (stream->capture) return NOT_SUPPORTED;
  if (!driver().memory.allocations().count(address)) return release(address);
  return enqueue(*stream, [=] { release(address); });
}
DRIVER_API cuMemGetInfo_v2(size_t* freeBytes, size_t* totalBytes) {
  DRIVER_CALL("cuMemGetInfo", CONTEXT);
  *totalBytes = driver().settings.memoryBytes;
  *freeBytes = *totalBytes - driver().usedBytes[currentContext()->device];
  return SUCCESS;
}
DRIVER_API cuMemGetAddressRange_v2(u64* base, size_t* bytes, u64 address) {
  DRIVER_CALL("cuMemGetAddressRange", CONTEXT);
  Allocation* holder = driver().memory.find(address);
  if (!holder) return NOT_FOUND;
  if (base) *base = holder->base;
  if (bytes) *bytes = holder->bytes;
  return SUCCESS;
}
DRIVER_API cuMemHostAlloc(void** host, size_t bytes, unsigned) {
  DRIVER_CALL("cuMemHostAlloc", CONTEXT);
  return pin(host, bytes);
}
DRIVER_API cuMemAllocHost_v2(void** host, size_t bytes) {
  DRIVER_CALL("cuMemAllocHost", CONTEXT);
  return pin(host, bytes);
}
DRIVER_API cuMemFreeHost(void* host) {
  DRIVER_CALL("cuMemFreeHost", CONTEXT);
  auto found = driver().pinned.find(reinterpret_cast<u64>(host));
  if (found == driver().pinned.end() || !found->second.owned) return INVALID_VALUE;
  drainContext(*currentContext());
  driver().pinned.erase(found);
  free(host);
  return SUCCESS;
}
DRIVER_API cuMemHostRegister_v2(void* host, size_t bytes, unsigned) {
  DRIVER_CALL("cuMemHostRegister", CONTEXT);
  if (!host || !bytes) return INVALID_VALUE;
  if (isPinned(host, 1)) return HOST_MEMORY_ALREADY_REGISTERED;
  driver().pinned[reinterpret_cast<u64>(host)] = {bytes, currentContext()->number, false};
  return SUCCESS;
}
DRIVER_API cuMemHostUnregister(void* host) {
  DRIVER_CALL("cuMemHostUnregister", CONTEXT);
  auto found = driver().pinned.find(reinterpret_cast<u64>(host));
  if (found == driver().pinned.end() || found->second.owned) return HOST_MEMORY_NOT_REGISTERED;
  drainContext(*currentContext());
  driver().pinned.erase(found);
  return SUCCESS;
}

DRIVER_API cuMemcpyHtoDAsync_v2(u64 to, const void* from, size_t bytes, void* stream) {
  DRIVER_CALL("cuMemcpyHtoDAsync", CONTEXT);
  return copyToDevice(to, from, bytes, stream);
}
DRIVER_API cuMemcpyHtoD_v2(u64 to, const void* from, size_t bytes) {
  DRIVER_CALL("cuMemcpyHtoD", CONTEXT);
  if (Code refused = refusedByCapture()) return refused;
  return thenWait(copyToDevice(to, from, bytes, nullptr));
}
DRIVER_API cuMemcpyDtoHAsync_v2(void* to, u64 from, size_t bytes, void* stream) {
  DRIVER_CALL("cuMemcpyDtoHAsync", CONTEXT);
  return copyFromDevice(to, from, bytes, stream);
}
DRIVER_API cuMemcpyDtoH_v2(void* to, u64 from, size_t bytes) {
  DRIVER_CALL("cuMemcpyDtoH", CONTEXT);
  if (Code refused = refusedByCapture()) return refused;
  return thenWait(copyFromDevice(to, from, bytes, nullptr));
}
DRIVER_API cuMemcpyDtoDAsync_v2(u64 to, u64 from, size_t bytes, void* stream) {
  DRIVER_CALL("cuMemcpyDtoDAsync", CONTEXT);
  return copyOnDevice(to, from, bytes, stream);
}
DRIVER_API cuMemcpyDtoD_v2(u64 to, u64 from, size_t bytes) {
  DRIVER_CALL("cuMemcpyDtoD", CONTEXT);
  if (Code refused = refusedByCapture()) return refused;
  return copyOnDevice(to, from, bytes, nullptr);
}
DRIVER_API cuMemsetD32Async(u64 to, unsigned value, size_t count, void* stream) {
  DRIVER_CALL("cuMemsetD32Async", CONTEXT);
  return fill<u32>(to, value, count, stream);
}
DRIVER_API cuMemsetD16Async(u64 to, unsigned short value, size_t count, void* stream) {
  DRIVER_CALL("cuMemsetD16Async", CONTEXT);
  return fill<u16>(to, value, count, stream);
}
DRIVER_API cuMemsetD8Async(u64 to, unsigned char value, size_t count, void* stream) {
  DRIVER_CALL("cuMemsetD8Async", CONTEXT);
  return fill<u8>(to, value, count, stream);
}
DRIVER_API cuMemsetD32_v2(u64 to, unsigned value, size_t count) {
  DRIVER_CALL("cuMemsetD32", CONTEXT);
  return fill<u32>(to, value, count, nullptr);
}
DRIVER_API cuMemsetD16_v2(u64 to, unsigned short value, size_t count) {
  DRIVER_CALL("cuMemsetD16", CONTEXT);
  return fill<u16>(to, value, count, nullptr);
}
DRIVER_API cuMemsetD8_v2(u64 to, unsigned char value, size_t count) {
  DRIVER_CALL("cuMemsetD8", CONTEXT);
  return fill<u8>(to, value, count, nullptr);
}
