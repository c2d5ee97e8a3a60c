#include "markdown.hpp"
#include "pages.hpp"

#include <clinic/error.hpp>

namespace clinic::docs {

std::string errors_page() {
  auto page = generated_note("the list of errors in sdk/include/clinic/error.hpp");
  page +=
      "# Errors\n\n"
      "Every error has one of these codes, in every binding. Its JSON is the same everywhere:\n\n"
      "```json\n"
      "{\"success\": false, \"error\": \"Validation failed\", \"detail\": \"…\", \"code\": \"validation_failed\", "
      "\"retryable\": false, \"status\": 400,\n"
      " \"fields\": [{\"path\": \"first_name\", \"code\": \"required\", \"message\": \"…\"}]}\n"
      "```\n\n"
      "- `error` is the message of the table below, or a document's own words for that cause.\n"
      "- `detail` is the field's message, or an incident id to look for in the log. When opening fails it is the "
      "reason. The reason may be the text of the system or of a database's driver, with host names and paths. It "
      "never contains what a person typed into a request, or a password.\n"
      "- `retryable`: the same call, unchanged, may succeed later. With an idempotency key it is done only once.\n"
      "- `status` is for HTTP. A profile may set the status of duplicates (`duplicate_status`).\n"
      "- C++ throws `clinic::Error`, C fills a `clinic_error`, Python raises. The command line prints the JSON on "
      "standard error; on a terminal it prints words for a person, unless `--json` is given. Nothing else stands "
      "there, "
      "unless a log was asked for (`log_level`, CLINIC_LOG_LEVEL); `clinic serve` always writes its log there. It "
      "exits with 1, with 3 when the clinic could not be opened, and with 75 when the error is retryable.\n"
      "- `busy`, `rate_limited` and `too_many_attempts` also have `retry_after_seconds`, where it is known. In HTTP "
      "it is Retry-After.\n\n"
      "## Exit codes of the command line\n\n";
  page += table_head({"Code", "Means"});
  for (const auto& [exit_code, meaning] :
       {std::pair{"0", "done"},
        {"1",
         "the operation answered an error; or its answer reports a fault, such as an audit that is not valid or users "
         "that were not imported. [Operations](operations.md) names the field that reports it"},
        {"2", "the command line is wrong; nothing was done"},
        {"3", "the clinic could not be opened"},
        {"70", "an unexpected failure"},
        {"75", "a temporary error: the same call may succeed later"}})
    page += table_row({exit_code, meaning});
  page += "\n## Codes\n\n";
  page += table_head({"Code", "Status", "Retryable", "Message", "What to do"});
  for (const auto& error : error_table())
    page += table_row({code(error.word), std::to_string(error.http_status), error.retryable ? "yes" : "no",
                       cell(error.message), cell(error.remedy)});
  return page;
}

}  // namespace clinic::docs
