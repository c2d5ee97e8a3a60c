"""The scenarios through the Python package. Environment: CLINIC_LIBRARY, CLINIC_TEST_PLUGIN_DIRECTORY, PYTHONPATH."""

import contextlib
import datetime
import json
import os

import clinic
import scenario


class _Face:
    def __init__(self, opened):
        self.opened = opened

    def call(self, operation, request, actor, role, key, origin, token):
        try:
            with self.opened.token(token) if token else self.opened.system(actor, role) as session:
                answer = session.call(operation, request, idempotency_key=key, origin=origin)
                return True, json.loads(json.dumps(answer, default=_plain))
        except clinic.Error as error:
            return False, {
                "success": False,
                "error": error.message,
                "detail": error.detail,
                "code": error.code,
                "status": error.status,
                "retryable": error.retryable,
                "fields": [field._asdict() for field in error.fields],
            }


def _plain(value):
    """Back to what JSON said: the package has turned it into Python values."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return dict(value)


@contextlib.contextmanager
def open_clinic(configuration):
    plugins = os.environ["CLINIC_TEST_PLUGIN_DIRECTORY"].split(":")
    with clinic.open(plugin_directories=plugins, log=lambda level, line: None, **configuration) as opened:
        yield _Face(opened)

if __name__ == "__main__":
    scenario.main("python", open_clinic)
