// Express with better-sqlite3, in as many processes as BENCH_WORKERS says. contender.py says what a contender does.
"use strict";
const cluster = require("cluster");
const crypto = require("crypto");
const fs = require("fs");

if (cluster.isPrimary) {
  for (let i = 0; i < Number(process.env.BENCH_WORKERS); ++i) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.kill("SIGKILL");
    process.exit(0);
  });
  return;
}

const bcrypt = require("bcrypt");
const express = require("express");
const jwt = require("jsonwebtoken");
const Database = require("better-sqlite3");

const SECRET = process.env.BENCH_SECRET;
const KEY = crypto.createSecretKey(Buffer.from(SECRET)); // jsonwebtoken would make one for each token
const AUDITED = process.env.BENCH_AUDIT === "1";
const PAGE = 20;
const database = new Database(process.env.BENCH_DATABASE.replace("sqlite:///", ""), { timeout: 10000 });
for (const pragma of ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"]) database.pragma(pragma);

const statements = {};
for (const [kind, { text, columns }] of Object.entries(JSON.parse(fs.readFileSync(process.env.BENCH_STATEMENTS, "utf8"))))
  statements[kind] = { prepared: database.prepare(text), columns };
statements.user = { prepared: database.prepare("SELECT id, role, password_hash FROM users WHERE email_key = ?") };
statements.touch = { prepared: database.prepare("UPDATE users SET last_login_at = ? WHERE id = ?") };

const read = (kind, ...values) => statements[kind].prepared.all(...values);
const insert = (kind, values) => statements[kind].prepared.run(...statements[kind].columns.map((column) => values[column] ?? null));
const write = (work) => database.transaction(work).immediate();

function caller(request, response) {
  try {
    const claims = jwt.verify((request.headers.authorization ?? "").replace(/^Bearer /, ""), KEY, { algorithms: ["HS256"] });
    if (read("session", claims.sid, 1).length) return claims;
  } catch (error) {
    if (!(error instanceof jwt.JsonWebTokenError)) throw error;
  }
  response.status(401).json({ code: "not_authenticated" });
  return null;
}

function audit(claims, action, patient, resource = "patient") {
  const entry = {
    id: crypto.randomUUID(), created_at: Date.now(), actor_id: claims.sub, actor_name: "user", actor_role: claims.role, action,
    resource_type: resource, resource_id: patient, patient_id: patient, outcome: "done", metadata: "{}",
  };
  entry.mac = crypto.createHmac("sha256", SECRET).update(JSON.stringify(entry)).digest("base64");
  insert("insert_audit", entry);
}

const shown = (row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith("_key")));

const app = express();
app.use(express.json());

app.get("/api/v1/patients/search", (request, response) => {
  const claims = caller(request, response);
  if (!claims) return;
  const query = request.query.q, first = query.toLowerCase(), last = first + "\u{10ffff}";
  const rows = read("search", first, last, first, last, query, first, "none", "none", "merged", PAGE + 1);
  const items = rows.slice(0, PAGE);
  if (AUDITED) write(() => items.forEach((row) => audit(claims, "PATIENT_READ", row.id)));
  response.json({ items: items.map(shown), next: rows.length > PAGE ? items[PAGE - 1].id : null });
});

app.get("/api/v1/patients/:number", (request, response) => {
  const claims = caller(request, response);
  if (!claims) return;
  const [row] = read("patient", request.params.number, 1);
  if (!row) return response.status(404).json({ code: "not_found" });
  if (AUDITED) write(() => audit(claims, "PATIENT_READ", row.id));
  response.json(shown(row));
});

app.post("/api/v1/patients", (request, response) => {
  const claims = caller(request, response);
  if (!claims) return;
  const first = request.body.first_name.trim(), last = request.body.last_name.trim(), id = crypto.randomUUID(), at = Date.now();
  const patient = {
    id, number: "P" + id.slice(0, 18), first_name: first, last_name: last, name_key: `${first} ${last}`.toLowerCase(),
    last_name_key: last.toLowerCase(), kind: "walk_in", status: "active", visit_count: 0, balance_minor: 0, created_by: claims.sub,
    created_at: at, updated_at: at, lock_count: 0,
  };
  write(() => {
    insert("insert_patient", patient);
    audit(claims, "PATIENT_CREATED", id);
    insert("insert_event", { id: crypto.randomUUID(), created_at: at, type: "patient.registered", resource_id: id, data: "{}" });
  });
  response.status(201).json({ success: true, patient: shown(patient) });
});

app.post("/api/v1/auth/login", async (request, response) => {
  const [user] = read("user", request.body.login.toLowerCase());
  if (!user || !(await bcrypt.compare(request.body.password, user.password_hash)))
    return response.status(401).json({ code: "not_authenticated" });
  const at = Date.now(), session = crypto.randomUUID(), refresh = crypto.randomBytes(32).toString("base64");
  write(() => {
    statements.touch.prepared.run(at, user.id);
    insert("insert_session", {
      id: session, user_id: user.id, role: user.role, generation: 1, created_at: at, refreshed_at: at, expires_at: at + 86400000,
      token_hash: crypto.createHash("sha256").update(refresh).digest("hex"), password_change_required: 0,
    });
    audit({ sub: user.id, role: user.role }, "LOGIN", null, "user");
  });
  const claims = { sub: user.id, sid: session, role: user.role, exp: Math.floor(at / 1000) + 900 };
  response.json({ access_token: jwt.sign(claims, KEY, { algorithm: "HS256" }), refresh_token: refresh, token_type: "Bearer" });
});

app.listen(Number(process.env.BENCH_PORT), "127.0.0.1");
