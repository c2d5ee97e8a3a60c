#include "engine/call.hpp"

#include "audit/macs.hpp"
#include "base/wiping.hpp"
#include "engine/engine.hpp"
#include "meta/each_object.hpp"
#include "meta/json.hpp"
#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <exception>
#include <stdexcept>

namespace clinic {

UnitOfWork::UnitOfWork(Call& call)
    : call_(call), now_(call.now()), transaction_(call.engine().store(), Access::write) {}

std::string UnitOfWork::new_id() const { return call_.engine().new_id(now_); }

void UnitOfWork::audit(Audited entry) { audits_.push_back(audit_entry(call_, now_, std::move(entry))); }

void UnitOfWork::event(std::string_view type, std::string_view resource_id, std::string data) {
  events_.push_back({{}, now_, std::string(type), std::string(resource_id), Json{std::move(data)}, {}});
}

void UnitOfWork::send(OutboxMessage message, std::optional<std::string> secret) {
  message.id = new_id();
  message.created_at = message.due_at = now_;
  if (message.locale.empty()) message.locale = call_.policy().locale;
  if (secret) {
    message.sealed_secret = call_.engine().sealer().seal("outbox", *secret);
    wipe(*secret);
  }
  messages_.push_back(std::move(message));
}

void UnitOfWork::commit() {
  // Nothing is written without saying who wrote it (AUDIT-1): a handler that forgets is a defect, not a policy.
  if (audits_.empty()) throw std::logic_error("a unit of work without an audit entry");
  for (auto& entry : audits_)
    sign(call_.engine().sealer(), entry);
  of<AuditEntry>().insert_many(audits_);
  // Events are in the order of their ids. Here the transaction holds what it changes, so whoever changed it before has
  // committed, and has an earlier id.
  for (auto& event : events_)
    event.id = call_.engine().new_event_id();
  if (!events_.empty()) of<Event>().insert_many(events_);
  if (!messages_.empty()) of<OutboxMessage>().insert_many(messages_);
  transaction_.commit();
  call_.engine().audit_sealing().written();
  if (!events_.empty()) call_.engine().events().written();
  if (!messages_.empty()) call_.engine().messages_written();
}

AuditEntry audit_entry(const Call& call, Timestamp now, Audited entry) {
  const auto& actor = call.actor();
  AuditEntry row;
  row.id = call.engine().new_id(now);
  row.created_at = now;
  row.actor_id = actor.id();
  row.actor_name = actor.name();
  row.actor_role = actor.role() ? word(*actor.role()) : actor.unrestricted() ? "system" : "anonymous";
  if (entry.actor) {
    row.actor_id = entry.actor->id;
    row.actor_name = "user";
    row.actor_role = word(entry.actor->role);
  }
  row.action = entry.action.empty() ? call.operation().audit : entry.action;
  row.resource_type = entry.resource_type.empty() ? call.operation().resource : entry.resource_type;
  if (!entry.resource_id.empty()) row.resource_id = std::move(entry.resource_id);
  row.patient_id = std::move(entry.patient_id);
  if (!call.options().origin.empty()) row.origin = call.options().origin;
  row.metadata.text = std::move(entry.metadata);
  if (const auto& request = call.options().request_id; !request.empty()) {
    auto& text = row.metadata.text;
    text.pop_back();  // the object's end
    text += text.size() > 1 ? ",\"request_id\":" : "\"request_id\":";
    write_json_string(request, text);
    text += '}';
  }
  return row;
}

const Policy& Call::policy() const { return engine_.policy(); }
Timestamp Call::now() const { return engine_.now(); }
Date Call::today() const {
  if (!today_) today_ = engine_.time_zone().day_at(now());
  return *today_;
}

PasswordHasher::Work& Call::hashing() {
  if (hashing_) return *hashing_;
  const bool desk = actor_.unrestricted() || (actor_.role() && *actor_.role() != Role::patient);
  return hashing_.emplace(engine_.hasher(), desk ? HashQueue::Line::desk : HashQueue::Line::door,
                          desk ? actor_key() : options_.origin, options_.hashing);
}

Transaction& Call::begin_read(std::optional<Transaction>& place) {
  return place.emplace(engine_.store(), Access::read);
}

std::string Call::idempotency_id() const {
  // A system actor may have the name that is a user's id. Each part is one line.
  const auto* kind = actor_.id() ? "user\n" : "system\n";
  return engine_.sealer().keyed_hash("idempotency id", kind + actor_key() + '\n' + options_.idempotency_key);
}

std::string Call::request_hash() const {
  std::string request;
  const Wiped wiped(request);
  if (request_type_->holds_secret) request.reserve(room_for_secrets);
  request = operation_.name;
  write_json(*request_type_, request_, WriteSecrets::yes, request);
  return engine_.sealer().keyed_hash("idempotency request", request);
}

bool Call::replay(Transaction& transaction, const TypeDescription& type, void* result) {
  auto record = Repository<IdempotencyRecord>(transaction).find(idempotency_id());
  if (!record) return false;
  if (record->operation != operation_.name || record->request_hash != request_hash())
    throw Error(ErrorCode::idempotency_key_reused);
  auto answer = engine_.sealer().unseal("idempotency response", record->sealed_response);
  const Wiped wiped(answer);
  // An answer of an earlier version may lack what this one answers. What it has is right: it was sealed.
  std::vector<FieldError> missing;
  read_json(answer, type, result, {}, missing);
  // What was open to the caller then may be closed now.
  each_object(type, result, [&](const TypeDescription& found, const void* object) {
    for (const auto& shown : operation_.shown)
      if (shown.type == &found && shown.close) shown.close(*this, transaction, const_cast<void*>(object));
  });
  transaction.commit();  // what was found may be there and not on the disk yet
  return true;
}

bool Call::done_meanwhile(const TypeDescription& type, void* result) {
  try {
    return read([&](Transaction& transaction) { return replay(transaction, type, result); });
  } catch (const StorageError&) {
    return false;  // then the refusal is all that is known
  }
}

void Call::run(FunctionRef<void(UnitOfWork&)> body, const TypeDescription* type, void* result) {
  if (state_read_) throw std::logic_error("a handler that was given a transaction to read in begins another one");
  const bool keyed = type && !options_.idempotency_key.empty();
  std::exception_ptr unknown;  // of a commit that no later run has settled yet
  for (RerunBudget budget;;) {
    try {
      UnitOfWork work(*this);
      if (keyed && replay(work.transaction_, *type, result)) return;
      body(work);
      if (keyed) {
        std::string answer;
        const Wiped wiped(answer);
        write_json(*type, result, WriteSecrets::yes, answer);
        IdempotencyRecord record{idempotency_id(), std::string(operation_.name), request_hash(),
                                 engine_.sealer().seal("idempotency response", answer), work.now()};
        work.of<IdempotencyRecord>().insert(record);
      }
      work.commit();
      return;
    } catch (const NothingToDo&) {
      return;
    } catch (const StorageError& failure) {
      // A commit of unknown outcome is settled by the record that would have been committed with it; without a key
      // there is none, and the caller is told so.
      const bool rerun =
          violates(failure, "IdempotencyRecord", "id") || (failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN && keyed);
      if (failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN) unknown = std::current_exception();
      if (rerun ? !budget.again() : !budget.again(failure)) {
        if (keyed && failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION && done_meanwhile(*type, result)) return;
        if (unknown) std::rethrow_exception(unknown);  // `busy` or `unavailable` would say that nothing was changed
        throw;
      }
      engine_.log()(LogLevel::debug, std::string(operation_.name) + ": running the transaction again");
    } catch (const Error&) {
      if (keyed && done_meanwhile(*type, result)) return;
      throw;
    }
  }
}

}  // namespace clinic
