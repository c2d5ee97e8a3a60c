"""The statements that clinic runs for a request, from its log at level `trace`."""

import re

SHAPES = {
    "session": r'SELECT "login_sessions"\."id".* WHERE "login_sessions"\."id" = \? LIMIT \?',
    "patient": r'SELECT "patients"\."id".* WHERE "patients"\."number" = \? ORDER BY "patients"\."id" LIMIT \?',
    "search": r'SELECT "patients"\."id".*"patients"\."last_name_key" >= \?.*',
    "insert_patient": r'INSERT INTO "patients" .*',
    "insert_audit": r'INSERT INTO "audit_entries" .*',
    "insert_event": r'INSERT INTO "events" .*',
    "insert_session": r'INSERT INTO "login_sessions" .*',
}


def captured(log):
    """By kind: the text, and for an insert the columns of its parameters. Throws where clinic does not run one of them any more."""
    found = {}
    for kind, shape in SHAPES.items():
        match = re.search(f"trace: ({shape})$", log, re.MULTILINE)
        if not match:
            raise RuntimeError(f"clinic runs no statement of the kind {kind!r}")
        text = match.group(1)
        parameters = text.count("?")
        columns = re.findall(r'"(\w+)"', text.split("VALUES")[0])[1:1 + parameters] if text.startswith("INSERT") else []
        found[kind] = {"text": text, "columns": columns}
    return found
