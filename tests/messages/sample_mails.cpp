/// clinic_sample_mails FOLDER: writes every mail with its sample values, as <key>.<language>.html

#include "messages/templates.hpp"

#include <clinic/error.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

using namespace clinic;

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "clinic_sample_mails FOLDER\n";
    return 2;
  }
  try {
    TemplateSettings settings;
    settings.clinic_name = "MedQ";
    settings.portal_address = "https://portal.example.org";
    settings.time_zone = "Africa/Nairobi";
    const Templates templates(settings);
    const std::filesystem::path folder(arguments[1]);
    std::filesystem::create_directories(folder);
    for (const auto& kind : message_kinds())
      for (const auto& locale : templates.locales())
        if (kind.email)
          std::ofstream(folder / (std::string(kind.key) + "." + locale + ".html"))
              << templates.preview(kind.key, MessageChannel::email, locale).html;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
