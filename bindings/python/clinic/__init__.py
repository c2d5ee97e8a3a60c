"""clinic: patients, their accounts, and what a clinic's desk does with them, in your own process.

>>> import clinic
>>> with clinic.open("sqlite:clinic.db") as opened:
...     desk = opened.system("front-desk")
...     jane = desk.patients.register(first_name="Jane", last_name="Smith", email="jane@example.org")
...     jane.patient.number
'P2026001'

Services and their methods come from the operation table: ``help(desk.patients)``, ``help(desk.patients.register)``.
Every error is a `clinic.Error`; each code has its own class: ``except clinic.DuplicateEmail as error: error.fields``.
"""

from ._channels import Message, NotSent
from ._clinic import Clinic, Session, errors, live_objects, open, open_file, operations, plugins, version
from ._errors import *  # noqa: F401,F403 - one class per code
from ._errors import __all__ as _error_names
from ._library import LibraryNotFound
from ._values import FieldError, Record

__version__ = "0.1.0"

__all__ = [
    "Clinic",
    "FieldError",
    "LibraryNotFound",
    "Message",
    "NotSent",
    "Record",
    "Session",
    "errors",
    "live_objects",
    "open",
    "open_file",
    "operations",
    "plugins",
    "version",
    *_error_names,
]
