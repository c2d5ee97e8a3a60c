#include "records/make_record_model.hpp"

namespace clinic {

/// Our own records, as this plugin was compiled with them.
const clinic_model& record_model() {
  static const auto& model = detail::make_record_model();
  return model;
}

}  // namespace clinic
