#pragma once

/// \file
/// One call of one operation by one actor, and the unit of work in which it reads and writes.

#include "base/wiping.hpp"
#include "crypto/password_hasher.hpp"
#include "operations/operation.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/policy.hpp>
#include <clinic/session.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace clinic {

class Engine;
class Call;

/// What an audit row says beside who, when and from where. Texts go in as they are: no secret, no medical text.
struct Audited {
  std::string_view resource_type{};  ///< else the operation's
  std::string resource_id{};
  std::optional<std::string> patient_id{};
  std::string metadata = "{}";
  std::string_view action{};    ///< else the operation's
  const User* actor = nullptr;  ///< who acts, where the caller becomes known by the call itself
};

/// One transaction of a call, with the rows that go with every write: audit, events, messages. They are written last,
/// just before the commit, together.
class UnitOfWork {
 public:
  explicit UnitOfWork(Call& call);

  template <class Record>
  Repository<Record> of() {
    return Repository<Record>(transaction_);
  }
  Transaction& transaction() { return transaction_; }
  Timestamp now() const { return now_; }  ///< one time for the whole unit
  std::string new_id() const;

  void audit(Audited entry);
  void event(std::string_view type, std::string_view resource_id, std::string data = "{}");
  /// A message out; `secret` is encrypted in the outbox.
  void send(OutboxMessage message, std::optional<std::string> secret = std::nullopt);

 private:
  friend class Call;
  void commit();

  Call& call_;
  Timestamp now_;
  Transaction transaction_;
  std::vector<AuditEntry> audits_;
  std::vector<Event> events_;
  std::vector<OutboxMessage> messages_;
};

/// The audit row of a call.
AuditEntry audit_entry(const Call& call, Timestamp now, Audited entry);

/// Thrown in a unit of work to end it without a trace: it found that there is nothing to write.
struct NothingToDo {};

class Call {
 public:
  Call(Engine& engine, const Actor& actor, const Operation& operation, const CallOptions& options)
      : engine_(engine), actor_(actor), operation_(operation), options_(options) {}

  Engine& engine() const { return engine_; }
  const Actor& actor() const { return actor_; }
  const Operation& operation() const { return operation_; }
  const CallOptions& options() const { return options_; }
  const Policy& policy() const;
  Timestamp now() const;
  /// The day in the clinic's time zone, one for the whole call.
  Date today() const;
  /// Tells whoever watches how far the call has come, in records.
  void tell_progress(std::int64_t done, std::int64_t total) const {
    if (options_.progress) options_.progress(done, total);
  }
  /// What `created_by` and its like hold: the user's id, or the system actor's name.
  const std::string& actor_key() const { return actor_.id() ? *actor_.id() : actor_.name(); }

  /// For passwords. Takes the call's place among all that hash: staff and the host's own system actors in the desk's
  /// line, everybody else at the door, by their origin. A handler that counts an attempt asks for it first, so that
  /// nobody is counted who is sent away. Throws Error(busy), when it is asked first.
  PasswordHasher::Work& hashing();

  /// Reads one consistent state. Where the operation reads one state, all its reads see the same.
  template <class Body>
  auto read(Body&& body) {
    if (operation_.reads_one_state) return body(state_read_ ? *state_read_ : begin_read(state_read_));
    std::optional<Transaction> transaction;
    return body(begin_read(transaction));
  }
  /// Ends the transaction of the operation's reads, so that nothing else waits meanwhile; the next read begins another.
  void end_reading() { state_read_.reset(); }

  /// Runs the body in a unit of work and commits. On a serialization failure, deadlock or a stale row it rolls back and
  /// runs the body again, so the body must not keep anything from one run to the next. The result is the call's
  /// response, kept under the idempotency key where the caller gave one.
  template <class Body>
  auto write(Body&& body) {
    std::invoke_result_t<Body&, UnitOfWork&> result{};
    run([&](UnitOfWork& work) { result = body(work); }, &describe<decltype(result)>(), &result);
    return result;
  }

  /// As write, for one of several units of work of a call: the idempotency key does not cover it.
  template <class Body>
  void step(Body&& body) {
    run([&](UnitOfWork& work) { body(work); }, nullptr, nullptr);
  }

  /// What was answered under the caller's idempotency key before. A call of several units of work asks first, since its
  /// steps would not; its last one is a write, which keeps the answer.
  template <class Response>
  std::optional<Response> answered() {
    std::optional<Response> result(std::in_place);
    if (options_.idempotency_key.empty()) return std::nullopt;
    if (!read([&](Transaction& transaction) { return replay(transaction, describe<Response>(), &*result); }))
      return std::nullopt;
    return result;
  }

  /// Whom or what the call is about, for the audit of a refusal.
  void concerns(std::string_view resource_type, std::string resource_id, std::optional<std::string> patient_id) {
    subject_ = {
        .resource_type = resource_type, .resource_id = std::move(resource_id), .patient_id = std::move(patient_id)};
  }
  const std::optional<Audited>& subject() const { return subject_; }

  /// Told by what narrows a query to the records that the caller may see.
  void narrow() const { narrowed_ = true; }
  bool narrowed() const { return narrowed_; }

  void set_request(const TypeDescription& type, const void* request) {
    request_type_ = &type;
    request_ = request;
  }

 private:
  friend class UnitOfWork;
  Transaction& begin_read(std::optional<Transaction>& place);
  void run(FunctionRef<void(UnitOfWork&)> body, const TypeDescription* type, void* result);
  std::string idempotency_id() const;
  std::string request_hash() const;
  /// Whether the key was answered before; then `result` holds that answer, and the transaction has ended.
  bool replay(Transaction& transaction, const TypeDescription& type, void* result);
  /// The same for a call that was refused: what stands in its way may be the very thing that it asks for, done under
  /// its key by somebody else after it had looked.
  bool done_meanwhile(const TypeDescription& type, void* result);

  Engine& engine_;
  const Actor& actor_;
  const Operation& operation_;
  const CallOptions& options_;
  const TypeDescription* request_type_ = nullptr;
  const void* request_ = nullptr;
  mutable std::optional<Date> today_;
  mutable bool narrowed_ = false;
  std::optional<PasswordHasher::Work> hashing_;
  std::optional<Audited> subject_;
  std::optional<Transaction> state_read_;  ///< where the operation reads one state, from the first read on
};

}  // namespace clinic
