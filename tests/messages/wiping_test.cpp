/// \file
/// What rendering a message frees holds nothing of its secret.

#include "messages/templates.hpp"
#include "support/catch.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

using namespace clinic;

namespace {

std::atomic<bool> watching = false;
std::atomic<int> freed_with_secret = 0;
/// A piece from the middle: freed memory loses its first bytes to the allocator.
constexpr std::string_view piece = "ZyXwVuTsRqPo";

void watch_freed(const void* block) {
  const std::string_view bytes(static_cast<const char*>(block), ::malloc_usable_size(const_cast<void*>(block)));
  if (std::search(bytes.begin(), bytes.end(), piece.begin(), piece.end()) != bytes.end()) ++freed_with_secret;
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = std::malloc(std::max<std::size_t>(size, 1))) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  if (block != nullptr && watching) watch_freed(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

TEST_CASE("Rendering a message leaves nothing of its secret in freed memory", "[NOTE-5][core]") {
  TemplateSettings settings;
  settings.clinic_name = "MedQ";
  settings.portal_address = "https://portal.example.org";
  const Templates templates(settings);
  const std::string secret = "0123456789" + std::string(piece) + "0123456789";
  const auto* locale = GENERATE("en", "ar", "id");
  const bool by_email = GENERATE(true, false);
  const std::string key = GENERATE("invitation", "password_reset", "portal_credentials", "welcome_credentials");
  CAPTURE(locale, by_email, key);
  auto values = sample_values(*find_message_kind(key));
  values[find_message_kind(key)->secret()->name] = secret;
  // Longer than what is reserved at first, so that the texts grow.
  values["username"] = std::string(9000, 'u');
  freed_with_secret = 0;
  watching = true;
  {
    const auto message =
        templates.render(key, by_email ? MessageChannel::email : MessageChannel::sms, locale, std::move(values));
    watching = false;
    CHECK(message.text.find(secret) != std::string::npos);
    watching = true;
  }
  watching = false;
  CHECK(freed_with_secret == 0);
}
