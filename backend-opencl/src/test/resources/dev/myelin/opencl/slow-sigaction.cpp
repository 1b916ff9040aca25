// A sigaction that takes three milliseconds where handlers are put back. LLVM puts them back one by one when the
// first signal after it has set its own arrives; until then a second signal ends the process. This makes rare often.

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int sigaction(int signal, const struct sigaction* action, struct sigaction* old) noexcept {
  using Function = int (*)(int, const struct sigaction*, struct sigaction*);
  static const Function next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "sigaction"));
  if (action != nullptr && old == nullptr) {
    usleep(3000);
  }
  return next(signal, action, old);
}
