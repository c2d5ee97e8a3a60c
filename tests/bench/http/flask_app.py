"""Flask and SQLAlchemy."""

import flask
import sqlalchemy as sa

import contender as c

engine = sa.create_engine(c.DATABASE, poolclass=sa.pool.QueuePool)  # by default, SQLAlchemy opens the file for each request
app = flask.Flask(__name__)


@sa.event.listens_for(engine, "connect")
def _connected(connection, _):
    connection.isolation_level = None
    for pragma in c.PRAGMAS:
        connection.execute(pragma)


@sa.event.listens_for(engine, "begin")
def _begin(connection):
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def reading():
    return engine.begin()


def writing():
    return engine.execution_options(writes=True).begin()


def rows(connection, statement):
    return [dict(row) for row in connection.exec_driver_sql(*statement).mappings()]


def caller():
    claims = c.claims_of(flask.request.headers.get("Authorization", ""))
    if claims:
        with reading() as connection:
            if rows(connection, c.find_session(claims)):
                return claims
    flask.abort(401)


def keep(statements):
    with writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(*statement)


@app.get("/api/v1/patients/<number>")
def get_patient(number):
    claims = caller()
    with reading() as connection:
        found = rows(connection, c.find_patient(number))
    if not found:
        flask.abort(404)
    if c.AUDITED:
        keep([c.audit(claims, "PATIENT_READ", found[0]["id"])])
    return flask.jsonify(c.shown(found[0]))


@app.get("/api/v1/patients/search")
def search():
    claims = caller()
    with reading() as connection:
        found = rows(connection, c.find_patients(flask.request.args["q"]))
    if c.AUDITED:
        keep([c.audit(claims, "PATIENT_READ", row["id"]) for row in found[:c.PAGE]])
    return flask.jsonify(c.page(found))


@app.post("/api/v1/patients")
def register():
    patient, statements = c.registration(caller(), flask.request.get_json())
    keep(statements)
    return flask.jsonify({"success": True, "patient": c.shown(patient)}), 201


@app.post("/api/v1/auth/login")
def login():
    body = flask.request.get_json()
    with reading() as connection:
        user = (rows(connection, c.find_user(body["login"])) or [None])[0]
    if not c.password_is(user, body["password"]):
        flask.abort(401)
    answer, statements = c.new_session(user)
    keep(statements)
    return flask.jsonify(answer)
