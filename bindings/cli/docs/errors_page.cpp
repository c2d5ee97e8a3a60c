#include "markdown.hpp"
#include "pages.hpp"

#include <clinic/error.hpp>

namespace clinic::docs {

std::string errors_page() {
  auto page = generated_note("the list of errors in sdk/include/clinic/error.hpp");
  page +=
      "# Errors\n\n"
      "Every error has one of these codes, in every binding. As JSON, everywhere the same:\n\n"
      "```json\n"
      "{\"success\": false, \"error\": \"Validation failed\", \"detail\": \"…\", \"code\": \"validation_failed\", "
      "\"retryable\": false, "
      "\"status\": 400,\n \"fields\": [{\"path\": \"first_name\", \"code\": \"required\", \"message\": \"…\"}]}\n"
      "```\n\n"
      "- `error` is the message of the table below, or a document's own words for that cause.\n"
      "- `detail` is the field's message, or an incident id to look for in the log. When opening fails it is the "
      "reason, "
      "where the system or a database's driver may have the word, with host names and paths. It never holds what a "
      "person typed into a request, nor a password.\n"
      "- `retryable`: the same call, unchanged, may succeed later. With an idempotency key it is done once all the "
      "same.\n"
      "- `status` is for HTTP; a profile may set the one of duplicates (`duplicate_status`).\n"
      "- C++ throws `clinic::Error`; C fills a `clinic_error`; Python raises; the command line prints the JSON on "
      "standard error (words for a person on a terminal, unless `--json` is given) "
      "and exits with 1, with 3 when the clinic could not be opened, with 75 when the error is retryable.\n"
      "- `busy`, `rate_limited` and `too_many_attempts` also have `retry_after_seconds`, where it is known; HTTP's "
      "Retry-After.\n\n"
      "## Exit codes of the command line\n\n";
  page += table_head({"Code", "Means"});
  for (const auto& [exit_code, meaning] :
       {std::pair{"0", "done"},
        {"1",
         "the operation answered an error; or it answered that not all is as it should be: the audit is not "
         "valid, users were not imported. [Operations](operations.md) names the field that says so"},
        {"2", "the command line is not understood; nothing was done"},
        {"3", "the clinic could not be opened"},
        {"70", "something unforeseen"},
        {"75", "an error that may pass: the same call may succeed later"}})
    page += table_row({exit_code, meaning});
  page += "\n## Codes\n\n";
  page += table_head({"Code", "Status", "Retryable", "Message", "What to do"});
  for (const auto& error : error_table())
    page += table_row({code(error.word), std::to_string(error.http_status), error.retryable ? "yes" : "no",
                       cell(error.message), cell(error.remedy)});
  return page;
}

}  // namespace clinic::docs
