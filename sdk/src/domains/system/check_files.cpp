#include "domains/system/check.hpp"
#include "engine/engine.hpp"

namespace clinic {

void check_files(Call& call, Findings& findings) {
  for (auto& file : call.engine().open_files())
    findings.add({.code = std::move(file.code),
                  .record_type = "file",
                  .message = std::move(file.message),
                  .remedy = std::move(file.remedy)});
}

}  // namespace clinic
