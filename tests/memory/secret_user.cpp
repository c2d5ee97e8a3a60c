/// \file
/// A host that takes care of its secrets: it uses them, wipes its own copies, closes its clinic, and waits to be
/// searched.
///
///     clinic_secret_user typed|json FILE    takes four passwords from its input, one a line: a nurse's, the one that
///     it is
///                                           changed to, a patient's, a wrong one; says each secret that it is
///                                           answered, then "closed", and waits for the end of its input

#include "support/folders.hpp"

#include <clinic/clinic.hpp>

#include <openssl/crypto.h>

#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

using namespace clinic;

namespace {

/// Looks whether what is freed still holds a password.
class Watch {
 public:
  void add(std::string_view password) {
    for (std::size_t i = 0; i < piece; ++i)
      hidden_[count_][i] = hide(password[password.size() / 2 + i]);
    ++count_;
  }
  void look(const void* block) {
    const auto* bytes = static_cast<const char*>(block);
    const std::size_t size = ::malloc_usable_size(const_cast<void*>(block));
    for (std::size_t at = 0; at + piece <= size; ++at)
      for (std::size_t i = 0; i < count_; ++i)
        if (is_at(bytes + at, hidden_[i])) ++found_;
  }
  std::size_t found() const { return found_; }

 private:
  static constexpr std::size_t piece = 12;
  using Hidden = std::array<unsigned char, piece>;
  /// Not as it is: this process is searched, too.
  static unsigned char hide(char c) { return static_cast<unsigned char>(c) ^ 0xA5U; }
  static bool is_at(const char* bytes, const Hidden& hidden) {
    for (std::size_t i = 0; i < piece; ++i)
      if (hide(bytes[i]) != hidden[i]) return false;
    return true;
  }
  std::array<Hidden, 4> hidden_{};
  std::size_t count_ = 0, found_ = 0;
};

Watch watch;

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  if (block) watch.look(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace {

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

/// Straight from the input, and to the output: no stream keeps a copy.
class Line {
 public:
  Line() {
    while (size_ < bytes_.size() && ::read(STDIN_FILENO, &bytes_[size_], 1) == 1 && bytes_[size_] != '\n')
      ++size_;
  }
  ~Line() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 256> bytes_{};
  std::size_t size_ = 0;
};

void say(std::string_view text) {
  for (const auto part : {text, std::string_view("\n")})
    if (::write(STDOUT_FILENO, part.data(), part.size()) != static_cast<ssize_t>(part.size())) std::_Exit(3);
}

void say_and_wipe(std::string& secret) {
  say(secret);
  wipe(secret);
}

struct Passwords {
  Line nurse, changed, patient, wrong;
};

Clinic open(const std::string& file) {
  Configuration configuration;
  configuration.storage = "sqlite:" + file;
  configuration.policy.text = R"({"password_hash_cost":4,"password_min_length":8})";
  configuration.plugin_directories = {test::plugin_folder()};
  return Clinic::open(configuration);
}

/// A struct's password, for as long as the call takes.
template <class Request, class Call>
void with_password(std::string_view password, Request request, Call call) {
  request.password = std::string(password);
  call(std::as_const(request));
  if constexpr (std::is_same_v<decltype(request.password), std::string>)
    wipe(request.password);
  else
    wipe(*request.password);
}

void wipe(Tokens& tokens) {
  say_and_wipe(tokens.access_token);
  say_and_wipe(tokens.refresh_token);
}

void with_structs(const Clinic& clinic, const Passwords& passwords) {
  const auto desk = clinic.act_as(Actor::system("desk"));
  const auto anonymous = clinic.act_as(Actor::anonymous()).auth();
  with_password(passwords.nurse.text(),
                CreateUser{.username = "nina", .address = std::string(500, 'x'), .role = Role::nurse},
                [&](const CreateUser& request) { desk.users().create(request, {.idempotency_key = "zero"}); });
  with_password(passwords.wrong.text(), LogIn{.login = "nina"}, [&](const LogIn& request) {
    try {
      anonymous.log_in(request);
    } catch (const Error&) {
      return;
    }
    std::_Exit(4);
  });
  with_password(passwords.nurse.text(), LogIn{.login = "nina"}, [&](const LogIn& request) {
    auto tokens = anonymous.log_in(request);
    const auto nina = clinic.act_with_token(tokens.access_token);
    ChangePassword change{request.password, std::string(passwords.changed.text())};
    nina.auth().change_password(change);
    wipe(change.current_password);
    wipe(change.new_password);
    RefreshTokens refresh{tokens.refresh_token};
    auto next = anonymous.refresh(refresh);
    wipe(refresh.refresh_token);
    wipe(tokens);
    wipe(next);
  });
  with_password(
      passwords.patient.text(),
      RegisterPatient{.first_name = "A", .last_name = "B", .email = "a@example.org", .create_portal_account = true},
      [&](const RegisterPatient& request) { desk.patients().register_patient(request, {.idempotency_key = "one"}); });
  const RegisterPatient other{
      .first_name = "A", .last_name = "B", .email = "b@example.org", .create_portal_account = true};
  auto made = desk.patients().register_patient(other, {.idempotency_key = "two"});
  wipe(*made.portal_credentials->temporary_password);
  made = desk.patients().register_patient(other, {.idempotency_key = "two"});  // what was answered before
  say_and_wipe(*made.portal_credentials->temporary_password);
}

/// The value of a member in a JSON text, where it stands.
std::string_view member(const std::string& json, std::string_view name) {
  const auto begin = json.find(':', json.find(std::string("\"").append(name).append("\""))) + 2;
  return std::string_view(json).substr(begin, json.find('"', begin) - begin);
}

/// A request as JSON, with a `$` for each secret.
std::string request_of(std::string_view text, std::initializer_list<std::string_view> secrets) {
  std::string request;
  request.reserve(text.size() + 512);
  const auto* secret = secrets.begin();
  for (const char c : text)
    c == '$' ? request.append(*secret++) : request.append(1, c);
  return request;
}

template <class Use>
void call(const Session& session, const char* operation, std::string request, Use use, const char* key = "") {
  auto answer = session.call(operation, request, {.idempotency_key = key});
  wipe(request);
  use(answer);
  wipe(answer);
}

void with_json(const Clinic& clinic, const Passwords& passwords) {
  const auto desk = clinic.act_as(Actor::system("desk")), anonymous = clinic.act_as(Actor::anonymous());
  const auto nothing = [](const std::string&) {};
  call(desk, "users.create",
       request_of(R"({"username":"nina","role":"nurse","password":"$","address":")" + std::string(500, 'x') + "\"}",
                  {passwords.nurse.text()}),
       nothing, "zero");
  auto wrong = request_of(R"({"login":"nina","password":"$"})", {passwords.wrong.text()});
  try {
    anonymous.call("auth.login", wrong);
    std::_Exit(4);
  } catch (const Error&) {
    wipe(wrong);
  }
  call(anonymous, "auth.login", request_of(R"({"login":"nina","password":"$"})", {passwords.nurse.text()}),
       [&](const std::string& tokens) {
         const auto nina = clinic.act_with_token(member(tokens, "access_token"));
         auto change = request_of(R"({"current_password":"$","new_password":"$"})",
                                  {passwords.nurse.text(), passwords.changed.text()});
         call(nina, "auth.change_password", std::move(change), nothing);
         call(anonymous, "auth.refresh", request_of(R"({"refresh_token":"$"})", {member(tokens, "refresh_token")}),
              [&](const std::string& next) {
                for (const auto* both : {&tokens, &next}) {
                  say(member(*both, "access_token"));
                  say(member(*both, "refresh_token"));
                }
              });
       });
  call(desk, "patients.register",
       request_of(
           R"({"first_name":"A","last_name":"B","email":"a@example.org","create_portal_account":true,"password":"$"})",
           {passwords.patient.text()}),
       nothing, "one");
  const char* other = R"({"first_name":"A","last_name":"B","email":"b@example.org","create_portal_account":true})";
  call(desk, "patients.register", other, nothing, "two");
  call(
      desk, "patients.register", other, [](const std::string& made) { say(member(made, "temporary_password")); },
      "two");
}

}  // namespace

int main(int count, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is stopped leaves nothing running
  try {
    if (count != 3) return 2;
    {
      const Passwords passwords;
      for (const auto* password : {&passwords.nurse, &passwords.changed, &passwords.patient, &passwords.wrong})
        watch.add(password->text());
      const auto clinic = open(arguments[2]);
      std::string_view(arguments[1]) == "json" ? with_json(clinic, passwords) : with_structs(clinic, passwords);
    }
    say("freed with a password: " + std::to_string(watch.found()));
    say("closed");
    const Line end;
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << "clinic_secret_user: " << failure.what() << '\n';
    return 2;
  }
}
