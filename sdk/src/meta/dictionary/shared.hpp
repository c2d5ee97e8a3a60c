#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// What the fields of records, lists and answers mean wherever they stand.
inline constexpr std::array shared = {
    FieldRule{"id", "Identifier of the record", Format::id, 64},
    FieldRule{"version", "Version of the record, for optimistic updates", Format::none, 0, Exposure::open, 0},
    FieldRule{"lock_count", "Bumped to lock the row by writing", Format::none, 0, Exposure::internal},
    FieldRule{"created_at", "When the record was made (UTC)"},
    FieldRule{"updated_at", "When the record last changed (UTC)"},
    FieldRule{"created_by", "Who made the record: a user's id or a system actor's name", Format::actor, 100},
    FieldRule{"updated_by", "Who changed the record last: a user's id or a system actor's name", Format::actor, 100},
    FieldRule{"q", "Words to look for in name, number, email, phone and national ID", Format::typed, 200,
              Exposure::personal},
    FieldRule{"after", "Where the last page ended: its `next`", Format::id, 64},
    FieldRule{"next", "Pass as `after` for the next page; none at the end", Format::id, 64},
    FieldRule{"limit", "How many to answer at the most", Format::none, 0, Exposure::open, 1, 500},
    FieldRule{"items", "The records"},
    FieldRule{"newest_first", "Newest first instead of oldest first"},
    FieldRule{"from", "From this time on"},
    FieldRule{"until", "Before this time"},
    FieldRule{"origin", "From where: the address or channel that the host named", Format::line, 200},
    FieldRule{"operation", "Name of the operation", Format::token, 100},
    FieldRule{"expires_at", "When it ends"},
    FieldRule{"reason", "Why, for the audit", Format::name, 500},
    FieldRule{"code", "Code of the reason, see docs/errors.md", Format::token, 60},
    FieldRule{"name", "Name", Format::line, 200},
    FieldRule{"help", "One line on what it does", Format::line, 500},
};

}  // namespace clinic::dictionary
