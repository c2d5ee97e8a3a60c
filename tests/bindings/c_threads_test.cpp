#include "c_host.hpp"

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

using namespace host;

TEST_CASE_METHOD(Host, "C: many threads call, one closes", "[BIND-1][concurrent]") {
  auto clinic = open();
  auto desk = system(clinic);
  call(desk, "patients.register", jane);
  std::atomic<int> answered{0}, wrong{0}, closed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      ErrorHolder own;
      for (;;) {
        clinic_buffer* out = nullptr;
        const int code = clinic_call(desk.get(), "patients.list", "{}", 2, nullptr, &out, &own);
        clinic_buffer_free(out);
        if (code == CLINIC_OK) {
          ++answered;
        } else {
          ++(std::strcmp(own.code, "closed") == 0 ? closed : wrong);
          return;
        }
      }
    });
  while (answered < 100 && wrong == 0)
    std::this_thread::yield();
  clinic.reset();
  for (auto& thread : threads)
    thread.join();
  CHECK(wrong == 0);
  CHECK(closed == 8);
}
