#include "messages/template_folder.hpp"

#include "base/text_file.hpp"
#include "meta/field_errors.hpp"

#include <algorithm>
#include <filesystem>

namespace clinic {
namespace {

constexpr std::uintmax_t largest_template = 65536;

[[noreturn]] void refuse_folder(const std::string& message) {
  throw Error(ErrorCode::configuration_invalid, {}, {{"templates", "not_found", message}});
}

class TemplateFolder {
 public:
  TemplateFolder(const std::string& folder, std::vector<FieldError>& errors) : root_(folder), errors_(errors) {}

  std::vector<TemplateText> read() {
    std::error_code failure;
    for (const auto& path : sorted(root_)) {
      const auto name = path.filename().string();
      if (!std::filesystem::is_directory(path, failure)) {
        if (name == "layout.html")
          add(path, name);
        else
          unexpected(path, "is neither layout.html nor a language's folder");
        continue;
      }
      for (const auto& inner : sorted(path)) {
        const auto below = name + "/" + inner.filename().string();
        if (template_path(below).key.empty() && inner.filename() != "errors.json")
          unexpected(inner, "is neither named <key>.txt nor errors.json");
        else
          add(inner, below);
      }
    }
    return std::move(found_);
  }

 private:
  static std::vector<std::filesystem::path> sorted(const std::filesystem::path& folder) {
    std::error_code failure;
    std::vector<std::filesystem::path> paths;
    for (auto at = std::filesystem::directory_iterator(folder, failure);
         !failure && at != std::filesystem::directory_iterator(); at.increment(failure))
      if (!at->path().filename().string().starts_with('.')) paths.push_back(at->path());
    if (failure) refuse_folder("The folder of templates " + folder.string() + " cannot be read.");
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  void add(const std::filesystem::path& path, std::string below) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (!failure && size > largest_template) return unexpected(path, "is larger than 64 KiB");
    auto text = read_text_file(path);
    if (!text) return unexpected(path, "cannot be read");
    found_.push_back({std::move(below), path.string(), std::move(*text)});
  }

  void unexpected(const std::filesystem::path& path, std::string_view what) {
    FieldErrors(errors_).add_sentence("templates", "unknown_word", path.string() + " " + std::string(what) + ".");
  }

  std::filesystem::path root_;
  std::vector<FieldError>& errors_;
  std::vector<TemplateText> found_;
};

}  // namespace

std::vector<TemplateText> read_template_folder(const std::string& folder, std::vector<FieldError>& errors) {
  return TemplateFolder(folder, errors).read();
}

TemplatePath template_path(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == path.npos || !path.ends_with(".txt") || path.find('/', slash + 1) != path.npos) return {};
  return {path.substr(0, slash), path.substr(slash + 1, path.size() - slash - 5)};
}

}  // namespace clinic
