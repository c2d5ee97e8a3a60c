#include "domains/system/check.hpp"
#include "engine/engine.hpp"
#include "store/references.hpp"

namespace clinic {

void check_references(Call& call, Findings& findings) {
  for (const auto& type : record_types())
    call.read([&](Transaction& transaction) {
      return each_dangling(transaction, type, [&](const std::string& id, const Reference& reference) {
        findings.add({.code = "refers_to_nobody",
                      .record_type = std::string(type.resource),
                      .record_id = id,
                      .message = "Its " + std::string(reference.field) + " names somebody who is not there.",
                      .remedy = "Put the person back from a backup, or remove the row: somebody erased the person past "
                                "the SDK."});
      });
    });
}

}  // namespace clinic
