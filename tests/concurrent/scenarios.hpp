#pragma once

/// \file
/// What must hold however many call at once. Each takes a fresh arena; the same ones run between threads and between
/// processes.

#include "arena.hpp"

namespace clinic::test {

void one_email(const Arena& arena);
void one_phone(const Arena& arena);
void one_national_id(const Arena& arena);
/// So many people at least, all different.
void different_people(const Arena& arena, int people);
/// So many people, each come in by every way at once.
void every_way_in(const Arena& arena, const std::string& profile, int people);
/// Ten people come in by every way there is, again and again, while others link, unlink, run and repair; so many calls
/// of each kind at least.
void every_way_by_phone(const Arena& arena, int rounds);
void one_idempotency_key(const Arena& arena);
void one_version(const Arena& arena);
void updates_without_version(const Arena& arena, int calls);
/// So many accounts at least, each changed by three callers while it is unlinked, which gives it another id.
void updates_of_unlinked(const Arena& arena, int accounts);
/// So many accounts at least, each asked for a reset and invited while its email changes.
void links_while_emails_change(const Arena& arena, int accounts);
/// So many counters that have ended, and everybody removes them at once, while others log in.
void clean_up_at_once(const Arena& arena, int counters);
/// So many users at least, each linked with two patients at once.
void two_links_of_one_user(const Arena& arena, int users);
void first_histories(const Arena& arena);
/// Everybody of a household with one phone gets an account at once.
void one_household(const Arena& arena);
/// On a database that is not there yet, with a key that is not there yet.
void opening_at_once(const Arena& arena);
/// So many unlinked users, half of them with a patient to find.
void sync_among_registrations(const Arena& arena, int users, int calls);

}  // namespace clinic::test
