#include "domains/system/check.hpp"
#include "engine/engine.hpp"
#include "store/references.hpp"

namespace clinic {

void check_references(Call& call, Findings& findings) {
  for (const auto& type : record_types()) {
    const auto refers_to_nobody = [&](const std::string& id, const Reference& reference) {
      findings.add({.code = "refers_to_nobody",
                    .record_type = std::string(type.resource),
                    .record_id = id,
                    .message = "Its " + std::string(reference.field) + " names somebody who is not there.",
                    .remedy = "Put the person back from a backup, or remove the row: somebody erased the person past "
                              "the SDK."});
    };
    const auto unreadable = [&](const std::string& id) {
      findings.add({.code = "row_unreadable",
                    .record_type = std::string(type.resource),
                    .record_id = id,
                    .message = "A column holds what this version cannot read: another word, type or length.",
                    .remedy = "Put the row back as it was from a backup: somebody changed it past the SDK."});
    };
    call.read([&](Transaction& transaction) {
      each_dangling(transaction, type, refers_to_nobody, unreadable);
      return true;
    });
  }
}

}  // namespace clinic
