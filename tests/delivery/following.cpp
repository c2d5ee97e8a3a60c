#include "doing.hpp"

#include "support/folders.hpp"

#include <clinic.h>

#include <boost/json.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace clinic::test {
namespace {

/// Where the follower goes on. Written in one call, over what it was.
class Bookmark {
 public:
  explicit Bookmark(const std::string& file) : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error("cannot open " + file);
  }
  ~Bookmark() { ::close(file_); }
  Bookmark(const Bookmark&) = delete;
  Bookmark& operator=(const Bookmark&) = delete;

  std::int64_t position() const {
    char digits[21] = "0";
    return ::pread(file_, digits, 20, 0) < 0 ? 0 : std::stoll(digits);
  }
  void put(std::int64_t position) const {
    char digits[21];
    std::snprintf(digits, sizeof digits, "%020lld", static_cast<long long>(position));
    if (::pwrite(file_, digits, 20, 0) != 20) throw std::runtime_error("the position cannot be written");
  }

 private:
  int file_;
};

/// A kill tears a line where a page of the file ends. The bookmark is put after the line, so its event comes again.
std::string without_torn_line(const std::string& file) {
  std::ifstream lines(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(lines), {}};
  if (const auto whole = text.rfind('\n') + 1; whole != text.size()) std::filesystem::resize_file(file, whole);
  return file;
}

class Follower {
 public:
  explicit Follower(const Job& job) : seen_(without_torn_line(job.file)), bookmark_(job.bookmark) {
    parent_ = std::thread([this] {
      wait_until_told();
      stopped_ = true;
    });
  }
  ~Follower() { parent_.join(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  std::int64_t position() const { return bookmark_.position(); }
  bool stopped() const { return stopped_; }
  void see(const EventView& event) const {
    const auto data = boost::json::parse(event.data.text).as_object();
    const auto* role = data.if_contains("role");
    seen_.append(std::to_string(event.position) + ' ' + event.id + ' ' + event.resource_id + ' ' +
                 (role ? std::string(role->as_string()) : "-"));
    bookmark_.put(event.position);
  }

 private:
  Lines seen_;
  Bookmark bookmark_;
  std::atomic<bool> stopped_ = false;
  std::thread parent_;
};

void follow_in_cpp(const Job& job, const Follower& follower) {
  const auto clinic = open_clinic(job);
  say_ready();
  clinic.act_as(Actor::system("following"))
      .events()
      .follow(
          follower.position(),
          [&](const EventView& event) {
            follower.see(event);
            return true;
          },
          [&] { return follower.stopped(); });
}

int see_in_c(void* context, std::int64_t position, const char* event, std::size_t size) {
  const auto& follower = *static_cast<const Follower*>(context);
  if (event) {
    const auto read = boost::json::parse({event, size}).as_object();
    const auto text = [&](const char* name) { return std::string(read.at(name).as_string()); };
    follower.see({.position = position,
                  .id = text("id"),
                  .resource_id = text("resource_id"),
                  .data = Json{boost::json::serialize(read.at("data"))}});
  }
  return follower.stopped() ? 1 : 0;
}

void follow_in_c(const Job& job, const Follower& follower) {
  boost::json::object configuration{{"storage", job.storage},
                                    {"plugin_directories", boost::json::array{plugin_folder()}}};
  if (!job.master_key.empty()) configuration.emplace("master_key", job.master_key);
  clinic_error error = CLINIC_ERROR_INIT;
  clinic_clinic* clinic = nullptr;
  clinic_session* session = nullptr;
  const auto must = [&](int code) {
    if (code != CLINIC_OK) throw std::runtime_error(std::string(error.code) + ": " + error.detail);
  };
  must(clinic_open(boost::json::serialize(configuration).c_str(), nullptr, &clinic, &error));
  must(clinic_session_system(clinic, "following", nullptr, &session, &error));
  say_ready();
  must(clinic_subscribe(session, follower.position(), see_in_c, const_cast<Follower*>(&follower), nullptr, &error));
  clinic_session_close(session);
  clinic_close(clinic);
}

}  // namespace

void follow(const Job& job) {
  const Follower follower(job);
  try {
    (job.in_c ? follow_in_c : follow_in_cpp)(job, follower);
  } catch (const std::exception& failure) {
    std::cerr << "clinic_delivery_worker: " << failure.what() << std::endl;
    std::_Exit(3);  // the thread waits for the parent
  }
}

}  // namespace clinic::test
