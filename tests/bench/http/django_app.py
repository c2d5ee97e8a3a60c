"""Django REST framework, on Django's own connections."""

import contextlib

from django.conf import settings

import contender as c

settings.configure(
    DEBUG=False,
    SECRET_KEY=c.SECRET,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None,
                    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": c.DATABASE.removeprefix("sqlite:///"), "CONN_MAX_AGE": None}},
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import exceptions  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402


def _connected(connection, **_):
    for pragma in c.PRAGMAS:
        connection.connection.execute(pragma)


connection_created.connect(_connected)


@contextlib.contextmanager
def transaction(begin):
    """Django 3.2 begins each transaction as a reader. Of two that then write, one is refused at once: so it begins here."""
    connection.ensure_connection()
    own = connection.connection
    own.execute(begin)
    try:
        yield own
        own.execute("COMMIT")
    except BaseException:
        own.execute("ROLLBACK")
        raise


def rows(statement):
    with transaction("BEGIN") as own:
        cursor = own.execute(*statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def keep(statements):
    with transaction("BEGIN IMMEDIATE") as own:
        for statement in statements:
            own.execute(*statement)


def caller(request):
    claims = c.claims_of(request.headers.get("Authorization", ""))
    if claims and rows(c.find_session(claims)):
        return claims
    raise exceptions.NotAuthenticated()


@api_view(["GET"])
def get_patient(request, number):
    claims = caller(request)
    found = rows(c.find_patient(number))
    if not found:
        raise exceptions.NotFound()
    if c.AUDITED:
        keep([c.audit(claims, "PATIENT_READ", found[0]["id"])])
    return Response(c.shown(found[0]))


@api_view(["GET"])
def search(request):
    claims = caller(request)
    found = rows(c.find_patients(request.query_params["q"]))
    if c.AUDITED:
        keep([c.audit(claims, "PATIENT_READ", row["id"]) for row in found[:c.PAGE]])
    return Response(c.page(found))


@api_view(["POST"])
def register(request):
    patient, statements = c.registration(caller(request), request.data)
    keep(statements)
    return Response({"success": True, "patient": c.shown(patient)}, status=201)


@api_view(["POST"])
def login(request):
    user = (rows(c.find_user(request.data["login"])) or [None])[0]
    if not c.password_is(user, request.data["password"]):
        raise exceptions.NotAuthenticated()
    answer, statements = c.new_session(user)
    keep(statements)
    return Response(answer)


urlpatterns = [
    path("api/v1/patients/search", search),
    path("api/v1/patients/<str:number>", get_patient),
    path("api/v1/patients", register),
    path("api/v1/auth/login", login),
]
app = get_wsgi_application()
