// Stands between JOCL and the OpenCL loader: it passes calls on, counts them, makes those fail that a test chose, and
// keeps books of the objects that were made and not given back. What JOCL does not find here it cannot call.
//
// Its soname is the loader's, so the dynamic linker gives it to whoever asks for the loader after it was loaded.
#include <dlfcn.h>
#include <jni.h>
#include <link.h>
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Code = int32_t;
using Number = uint32_t;
using Flags = uint64_t;
using Handle = void*;

constexpr Code SUCCESS = 0, INVALID_VALUE = -30;

/** One call that is to fail: the n-th from now, of one function or of any. */
struct Fault {
  std::string function;
  long countdown;
  Code code;
};

struct Books {
  std::mutex lock;
  std::thread::id tester;  // JOCL has threads of its own, whose calls are passed on and nothing else
  std::map<std::string, long> calls;
  std::vector<Fault> faults;
  std::string failed;  // the function whose call was the first that was made to fail
  Code lossCode = SUCCESS;  // all calls fail with it, once the device is lost
  long lossCountdown = 0;
  std::map<Handle, std::string> live;  // made and not given back, by kind
  std::vector<std::string> misuse;
};

Books& books() {
  static Books& only = *new Books();  // never destroyed: threads may call in while the process ends
  return only;
}

Code chosenFault(Books& b, const std::string& function) {
  if (b.lossCountdown > 0 && --b.lossCountdown > 0) return SUCCESS;
  if (b.lossCode != SUCCESS) return b.lossCode;
  for (size_t i = 0; i < b.faults.size(); i++) {
    Fault& fault = b.faults[i];
    if (!fault.function.empty() && fault.function != function) continue;
    if (--fault.countdown > 0) continue;
    Code code = fault.code;
    b.faults.erase(b.faults.begin() + std::ptrdiff_t(i));
    return code;
  }
  return SUCCESS;
}

/** Calls of JOCL's own threads are not ours. Of ours there are the test's, and one that uploads beside it. */
bool isTested(const Books& b) {
  char name[16] = "";
  pthread_getname_np(pthread_self(), name, sizeof name);
  return std::this_thread::get_id() == b.tester || std::strncmp(name, "reader ", 7) == 0;
}

/** Counts a call, and says how it must fail. */
Code begin(const char* function) {
  Books& b = books();
  std::lock_guard<std::mutex> guard(b.lock);
  if (!isTested(b)) return SUCCESS;
  b.calls[function]++;
  Code code = chosenFault(b, function);
  if (code != SUCCESS && b.failed.empty()) b.failed = function;
  return code;
}

/** The loader itself. Its name finds this library here, but not in another namespace, which tells where it lies. */
void* openLoader() {
  void* elsewhere = dlmopen(LM_ID_NEWLM, "libOpenCL.so.1", RTLD_LAZY);
  if (!elsewhere) return nullptr;
  link_map* found = nullptr;
  dlinfo(elsewhere, RTLD_DI_LINKMAP, &found);
  std::string path = found->l_name;
  dlclose(elsewhere);
  return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

template <class Function>
Function* real(const char* name) {
  static void* loader = openLoader();
  return reinterpret_cast<Function*>(loader ? dlsym(loader, name) : nullptr);
}

template <class... Arguments>
Code call(const char* name, Arguments... arguments) {
  Code fault = begin(name);
  return fault ? fault : real<Code(Arguments...)>(name)(arguments...);
}

void note(const char* kind, Handle made) {
  if (!made) return;
  Books& b = books();
  std::lock_guard<std::mutex> guard(b.lock);
  b.live[made] = kind;
}

/** For functions that return what they make, and their status through their last argument. */
template <class... Arguments>
Handle make(const char* kind, const char* name, Code* status, Arguments... arguments) {
  Code fault = begin(name);
  Handle made = fault ? nullptr : real<Handle(Arguments..., Code*)>(name)(arguments..., &fault);
  if (status) *status = fault;
  if (kind) note(kind, made);
  return made;
}

/**
 * An object counts as given back when that was tried, failing or not. The loader is asked in any case, so that a test
 * of many failures leaves nothing behind, but not for what is not there: that would end the process.
 */
Code giveBack(const char* name, Handle object) {
  Code fault = begin(name);
  Books& b = books();
  {
    std::lock_guard<std::mutex> guard(b.lock);
    auto found = b.live.find(object);
    if (isTested(b) && found == b.live.end()) {
      b.misuse.push_back(std::string(name) + " of an object that is not there");
      return INVALID_VALUE;
    }
    if (isTested(b)) b.live.erase(found);
  }
  Code status = real<Code(Handle)>(name)(object);
  return fault ? fault : status;
}

/** As call, for functions that may make an event. */
template <class... Arguments>
Code enqueue(const char* name, Handle* event, Arguments... arguments) {
  Code status = call(name, arguments..., event);
  if (status == SUCCESS && event) note((std::string("event of ") + name).c_str(), *event);
  return status;
}

jobjectArray lines(JNIEnv* env, const std::vector<std::string>& all) {
  jobjectArray array = env->NewObjectArray(jsize(all.size()), env->FindClass("java/lang/String"), nullptr);
  for (size_t i = 0; i < all.size(); i++) {
    env->SetObjectArrayElement(array, jsize(i), env->NewStringUTF(all[i].c_str()));
  }
  return array;
}

}  // namespace

#define OPENCL extern "C" __attribute__((visibility("default")))

OPENCL Code clGetPlatformIDs(Number count, Handle* platforms, Number* there) {
  return call("clGetPlatformIDs", count, platforms, there);
}
OPENCL Code clGetPlatformInfo(Handle platform, Number property, size_t bytes, void* value, size_t* size) {
  return call("clGetPlatformInfo", platform, property, bytes, value, size);
}
OPENCL Code clGetDeviceIDs(Handle platform, Flags type, Number count, Handle* devices, Number* there) {
  return call("clGetDeviceIDs", platform, type, count, devices, there);
}
OPENCL Code clGetDeviceInfo(Handle device, Number property, size_t bytes, void* value, size_t* size) {
  return call("clGetDeviceInfo", device, property, bytes, value, size);
}
OPENCL Handle clCreateContext(intptr_t* properties, Number count, Handle* devices, void* notify, void* data, Code* status) {
  return make("context", "clCreateContext", status, properties, count, devices, notify, data);
}
OPENCL Handle clCreateCommandQueue(Handle context, Handle device, Flags properties, Code* status) {
  return make("queue", "clCreateCommandQueue", status, context, device, properties);
}
OPENCL Handle clCreateBuffer(Handle context, Flags flags, size_t bytes, void* host, Code* status) {
  return make("buffer", "clCreateBuffer", status, context, flags, bytes, host);
}
OPENCL Handle clCreateProgramWithSource(Handle context, Number count, char** texts, size_t* lengths, Code* status) {
  return make("program", "clCreateProgramWithSource", status, context, count, texts, lengths);
}
OPENCL Handle clCreateProgramWithBinary(
    Handle context, Number count, Handle* devices, size_t* lengths, unsigned char** binaries, Code* each, Code* status) {
  return make("program", "clCreateProgramWithBinary", status, context, count, devices, lengths, binaries, each);
}
OPENCL Code clBuildProgram(Handle program, Number count, Handle* devices, char* options, void* notify, void* data) {
  return call("clBuildProgram", program, count, devices, options, notify, data);
}
OPENCL Code clGetProgramInfo(Handle program, Number property, size_t bytes, void* value, size_t* size) {
  return call("clGetProgramInfo", program, property, bytes, value, size);
}
OPENCL Code clGetProgramBuildInfo(Handle program, Handle device, Number property, size_t bytes, void* value, size_t* size) {
  return call("clGetProgramBuildInfo", program, device, property, bytes, value, size);
}
OPENCL Handle clCreateKernel(Handle program, char* name, Code* status) {
  return make("kernel", "clCreateKernel", status, program, name);
}
OPENCL Code clSetKernelArg(Handle kernel, Number index, size_t bytes, void* value) {
  return call("clSetKernelArg", kernel, index, bytes, value);
}
OPENCL Code clEnqueueNDRangeKernel(
    Handle queue, Handle kernel, Number dimensions, size_t* offset, size_t* global, size_t* local, Number waits,
    Handle* waitList, Handle* event) {
  return enqueue(
      "clEnqueueNDRangeKernel", event, queue, kernel, dimensions, offset, global, local, waits, waitList);
}
OPENCL Code clEnqueueFillBuffer(
    Handle queue, Handle buffer, void* pattern, size_t patternBytes, size_t offset, size_t bytes, Number waits,
    Handle* waitList, Handle* event) {
  return enqueue(
      "clEnqueueFillBuffer", event, queue, buffer, pattern, patternBytes, offset, bytes, waits, waitList);
}
OPENCL Code clEnqueueReadBuffer(
    Handle queue, Handle buffer, Number blocking, size_t offset, size_t bytes, void* target, Number waits,
    Handle* waitList, Handle* event) {
  return enqueue("clEnqueueReadBuffer", event, queue, buffer, blocking, offset, bytes, target, waits, waitList);
}
OPENCL Code clEnqueueWriteBuffer(
    Handle queue, Handle buffer, Number blocking, size_t offset, size_t bytes, void* source, Number waits,
    Handle* waitList, Handle* event) {
  return enqueue("clEnqueueWriteBuffer", event, queue, buffer, blocking, offset, bytes, source, waits, waitList);
}
OPENCL void* clEnqueueMapBuffer(
    Handle queue, Handle buffer, Number blocking, Flags flags, size_t offset, size_t bytes, Number waits,
    Handle* waitList, Handle* event, Code* status) {
  Handle mapped = make(
      nullptr, "clEnqueueMapBuffer", status, queue, buffer, blocking, flags, offset, bytes, waits, waitList, event);
  if (mapped && event) note("event of clEnqueueMapBuffer", *event);
  return mapped;
}
OPENCL Code clEnqueueUnmapMemObject(
    Handle queue, Handle buffer, void* mapped, Number waits, Handle* waitList, Handle* event) {
  return enqueue("clEnqueueUnmapMemObject", event, queue, buffer, mapped, waits, waitList);
}
OPENCL Code clEnqueueMarkerWithWaitList(Handle queue, Number waits, Handle* waitList, Handle* event) {
  return enqueue("clEnqueueMarkerWithWaitList", event, queue, waits, waitList);
}
OPENCL Code clEnqueueBarrierWithWaitList(Handle queue, Number waits, Handle* waitList, Handle* event) {
  return enqueue("clEnqueueBarrierWithWaitList", event, queue, waits, waitList);
}
OPENCL Code clWaitForEvents(Number count, Handle* events) { return call("clWaitForEvents", count, events); }
OPENCL Code clFlush(Handle queue) { return call("clFlush", queue); }
OPENCL Code clFinish(Handle queue) { return call("clFinish", queue); }
// JOCL keeps events of transfers until their arrays may be moved again. That is its own affair.
OPENCL Code clRetainEvent(Handle event) { return real<Code(Handle)>("clRetainEvent")(event); }
OPENCL Code clReleaseEvent(Handle event) { return giveBack("clReleaseEvent", event); }
OPENCL Code clReleaseKernel(Handle kernel) { return giveBack("clReleaseKernel", kernel); }
OPENCL Code clReleaseProgram(Handle program) { return giveBack("clReleaseProgram", program); }
OPENCL Code clReleaseMemObject(Handle buffer) { return giveBack("clReleaseMemObject", buffer); }
OPENCL Code clReleaseCommandQueue(Handle queue) { return giveBack("clReleaseCommandQueue", queue); }
OPENCL Code clReleaseContext(Handle context) { return giveBack("clReleaseContext", context); }

#define TEST extern "C" JNIEXPORT
#define NAMED(method) JNICALL Java_dev_myelin_opencl_FaultyLoader_##method

TEST jboolean NAMED(isLoaderThere)(JNIEnv*, jclass) { return real<Code(Handle)>("clFinish") != nullptr; }

TEST void NAMED(failNamed)(JNIEnv* env, jclass, jstring function, jlong nth, jint code) {
  const char* name = function ? env->GetStringUTFChars(function, nullptr) : nullptr;
  std::lock_guard<std::mutex> guard(books().lock);
  books().faults.push_back({name ? name : "", long(nth), code});
  if (name) env->ReleaseStringUTFChars(function, name);
}
TEST void NAMED(loseDevice)(JNIEnv*, jclass, jlong nth, jint code) {
  std::lock_guard<std::mutex> guard(books().lock);
  books().lossCountdown = long(nth);
  books().lossCode = code;
}
TEST void NAMED(reset)(JNIEnv*, jclass) {
  Books& b = books();
  std::lock_guard<std::mutex> guard(b.lock);
  b.tester = std::this_thread::get_id();
  b.calls.clear();
  b.lossCountdown = 0;
  b.lossCode = SUCCESS;
  b.faults.clear();
  b.failed.clear();
  b.misuse.clear();
}
TEST jobjectArray NAMED(callLines)(JNIEnv* env, jclass) {
  std::lock_guard<std::mutex> guard(books().lock);
  std::vector<std::string> all;
  for (const auto& calls : books().calls) all.push_back(calls.first + "=" + std::to_string(calls.second));
  return lines(env, all);
}
TEST jstring NAMED(firstFailed)(JNIEnv* env, jclass) {
  std::lock_guard<std::mutex> guard(books().lock);
  return env->NewStringUTF(books().failed.c_str());
}
TEST jobjectArray NAMED(mistakeLines)(JNIEnv* env, jclass) {
  Books& b = books();
  std::lock_guard<std::mutex> guard(b.lock);
  std::vector<std::string> all = b.misuse;
  for (const auto& object : b.live) all.push_back(object.second + " not given back");
  return lines(env, all);
}
