// What a test asks of the stand-in, as native methods of dev.myelin.cuda.standin.StandInDriver.
#include <jni.h>

#include "driver.hpp"

using namespace standin;

namespace {

using Guard = std::lock_guard<std::recursive_mutex>;

std::string fromJava(JNIEnv* env, jstring text) {
  if (!text) return "";
  const char* characters = env->GetStringUTFChars(text, nullptr);
  std::string copy(characters);
  env->ReleaseStringUTFChars(text, characters);
  return copy;
}
jobjectArray toJava(JNIEnv* env, const std::vector<std::string>& lines) {
  jobjectArray array = env->NewObjectArray(jsize(lines.size()), env->FindClass("java/lang/String"), nullptr);
  for (size_t index = 0; index < lines.size(); index++) {
    jstring line = env->NewStringUTF(lines[index].c_str());
    env->SetObjectArrayElement(array, jsize(index), line);
    env->DeleteLocalRef(line);
  }
  return array;
}

}  // namespace

#define NATIVE(type, name) extern "C" JNIEXPORT type JNICALL Java_dev_myelin_cuda_standin_StandInDriver_##name

NATIVE(void, reset)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  reset();
}
NATIVE(void, setMemoryBytes)(JNIEnv*, jclass, jlong bytes) {
  Guard guard(driver().lock);
  driver().settings.memoryBytes = u64(bytes);
}
NATIVE(void, setComputeCapability)(JNIEnv*, jclass, jint major, jint minor) {
  Guard guard(driver().lock);
  driver().settings.capabilityMajor = major;
  driver().settings.capabilityMinor = minor;
}
NATIVE(void, setDriverVersion)(JNIEnv*, jclass, jint version) {
  Guard guard(driver().lock);
  driver().settings.driverVersion = version;
}
NATIVE(void, setDeviceCount)(JNIEnv*, jclass, jint count) {
  Guard guard(driver().lock);
  driver().settings.devices = count;
  driver().initialised = false;
}
NATIVE(void, setRaceChecks)(JNIEnv*, jclass, jboolean on) {
  Guard guard(driver().lock);
  driver().settings.checks.races = on;
}
NATIVE(void, setStatistics)(JNIEnv*, jclass, jboolean on) {
  Guard guard(driver().lock);
  driver().settings.checks.statistics = on;
}
NATIVE(void, setLazyStreams)(JNIEnv*, jclass, jboolean on) {
  Guard guard(driver().lock);
  driver().settings.lazyStreams = on;
}
NATIVE(void, setInstructionLimit)(JNIEnv*, jclass, jlong warpInstructions) {
  Guard guard(driver().lock);
  driver().settings.instructionLimit = u64(warpInstructions);
}
NATIVE(void, failNamed)(JNIEnv* env, jclass, jstring name, jlong nth, jint code) {
  Guard guard(driver().lock);
  driver().injections.push_back({fromJava(env, name), nth, Code(code)});
}
NATIVE(void, failAllocation)(JNIEnv*, jclass, jlong nth) {
  Guard guard(driver().lock);
  driver().failingAllocation = nth;
}
NATIVE(void, clearFailures)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  driver().injections.clear();
  driver().failingAllocation = 0;
}
NATIVE(jlong, callCount)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  return jlong(driver().callCount);
}
NATIVE(jlong, allocationCount)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  return jlong(driver().allocationCount);
}
NATIVE(jlong, usedBytes)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  u64 total = 0;
  for (const auto& device : driver().usedBytes) total += device.second;
  return jlong(total);
}
NATIVE(jlong, peakBytes)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  return jlong(driver().peakBytes);
}
NATIVE(jobjectArray, callLines)(JNIEnv* env, jclass) {
  Guard guard(driver().lock);
  std::vector<std::string> lines;
  for (const auto& call : driver().calls) lines.push_back(call.first + "=" + std::to_string(call.second));
  return toJava(env, lines);
}
NATIVE(jobjectArray, statisticLines)(JNIEnv* env, jclass) {
  Guard guard(driver().lock);
  const Statistics& s = driver().statistics;
  const std::pair<const char*, u64> all[] = {{"warpInstructions", s.warpInstructions},
                                             {"laneInstructions", s.laneInstructions},
                                             {"divergentBranches", s.divergentBranches},
                                             {"barriers", s.barriers},
                                             {"globalLoads", s.globalLoads},
                                             {"globalLoadSectors", s.globalLoadSectors},
                                             {"globalStores", s.globalStores},
                                             {"globalStoreSectors", s.globalStoreSectors},
                                             {"sharedPasses", s.sharedPasses},
                                             {"sharedBankConflicts", s.sharedBankConflicts},
                                             {"tensorCoreMultiplyAdds", s.multiplyAdds}};
  std::vector<std::string> lines;
  for (const auto& entry : all) lines.push_back(entry.first + ("=" + std::to_string(entry.second)));
  return toJava(env, lines);
}
NATIVE(jobjectArray, reportLines)(JNIEnv* env, jclass) {
  Guard guard(driver().lock);
  std::vector<std::string> lines;
  for (const Report& report : driver().reports) lines.push_back(report.kind + ": " + report.text);
  return toJava(env, lines);
}
NATIVE(void, clearReports)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  driver().reports.clear();
  driver().reported.clear();
}
NATIVE(jobjectArray, leakLines)(JNIEnv* env, jclass) {
  Guard guard(driver().lock);
  return toJava(env, driver().leaks);
}
NATIVE(void, clearCounts)(JNIEnv*, jclass) {
  Guard guard(driver().lock);
  driver().calls.clear();
  driver().callCount = driver().allocationCount = 0;
  driver().statistics = Statistics();
  driver().leaks.clear();
}
