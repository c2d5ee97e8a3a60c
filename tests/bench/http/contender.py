"""What the Python contenders share: the statements that clinic itself runs, filled in as clinic fills them in.

A contender does what a careful developer would write for the same answers: it checks the token's signature and its session, runs the same
statements in transactions that begin as clinic's do, writes the same audit with a keyed hash, and checks the password with the same cost.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import uuid

import bcrypt
import jwt

SECRET = os.environ["BENCH_SECRET"]
AUDITED = os.environ["BENCH_AUDIT"] == "1"
DATABASE = os.environ["BENCH_DATABASE"]
with open(os.environ["BENCH_STATEMENTS"], encoding="utf-8") as file:
    SQL = json.load(file)
PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=10000")
PAGE = 20


def now():
    return int(datetime.datetime.now(datetime.timezone.utc).timestamp() * 1000)


def insert(kind, /, **values):
    """The statement and its parameters: a column that nobody names has no value."""
    return SQL[kind]["text"], tuple(values.get(column) for column in SQL[kind]["columns"])


def find_session(claims):
    return SQL["session"]["text"], (claims["sid"], 1)


def find_patient(number):
    return SQL["patient"]["text"], (number, 1)


def find_patients(query):
    """One more than a page, to know whether there is a next one."""
    first, last = query.lower(), query.lower() + "\U0010ffff"
    return SQL["search"]["text"], (first, last, first, last, query, first, "none", "none", "merged", PAGE + 1)


def find_user(email):
    return "SELECT id, role, password_hash FROM users WHERE email_key = ?", (email.lower(),)


def claims_of(authorization):
    """None where the token is not ours or has ended."""
    try:
        return jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
    except jwt.PyJWTError:
        return None


def shown(row):
    return {name: value for name, value in row.items() if not name.endswith("_key")}


def page(rows):
    return {"items": [shown(row) for row in rows[:PAGE]], "next": rows[PAGE - 1]["id"] if len(rows) > PAGE else None}


def audit(claims, action, patient, resource="patient"):
    entry = {"id": str(uuid.uuid4()), "created_at": now(), "actor_id": claims["sub"], "actor_name": "user", "actor_role": claims["role"],
             "action": action, "resource_type": resource, "resource_id": patient, "patient_id": patient, "outcome": "done", "metadata": "{}"}
    mac = hmac.new(SECRET.encode(), json.dumps(entry).encode(), hashlib.sha256).digest()
    return insert("insert_audit", **entry, mac=base64.b64encode(mac).decode())


def registration(claims, body):
    """The new patient, and the statements that keep it."""
    first, last, identifier, at = body["first_name"].strip(), body["last_name"].strip(), str(uuid.uuid4()), now()
    patient = {"id": identifier, "number": "P" + identifier[:18], "first_name": first, "last_name": last, "name_key": f"{first} {last}".lower(),
               "last_name_key": last.lower(), "kind": "walk_in", "status": "active", "visit_count": 0, "balance_minor": 0,
               "created_by": claims["sub"], "created_at": at, "updated_at": at, "lock_count": 0}
    event = insert("insert_event", id=str(uuid.uuid4()), created_at=at, type="patient.registered", resource_id=identifier, data="{}")
    return patient, (insert("insert_patient", **patient), audit(claims, "PATIENT_CREATED", identifier), event)


def password_is(user, password):
    return user is not None and bcrypt.checkpw(password.encode(), user["password_hash"].encode())


def new_session(user):
    """The answer of a login, and the statements that keep it."""
    at, session, refresh = now(), str(uuid.uuid4()), base64.b64encode(os.urandom(32)).decode()
    claims = {"sub": user["id"], "sid": session, "role": user["role"], "exp": at // 1000 + 900}
    kept = insert("insert_session", id=session, user_id=user["id"], role=user["role"], generation=1, created_at=at, refreshed_at=at,
                  token_hash=hashlib.sha256(refresh.encode()).hexdigest(), password_change_required=0, expires_at=at + 86400000)
    answer = {"access_token": jwt.encode(claims, SECRET, algorithm="HS256"), "refresh_token": refresh, "token_type": "Bearer"}
    return answer, (("UPDATE users SET last_login_at = ? WHERE id = ?", (at, user["id"])), kept, audit(claims, "LOGIN", None, "user"))
