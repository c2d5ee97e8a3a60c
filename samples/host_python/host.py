#!/usr/bin/env python3
"""A Python program with a clinic inside: a desk, a waiting room of three, and what goes wrong.

    export CLINIC_LIBRARY=build/release/lib/libclinic_c.so PYTHONPATH=bindings/python
    samples/host_python/host.py sqlite:clinic.db
"""

import datetime
import sys

import clinic

WAITING_ROOM = [
    {"first_name": "Jane", "last_name": "Smith", "email": "jane.smith@example.org", "create_portal_account": True},
    {"first_name": "Ana", "last_name": "Ruiz", "birth_date": datetime.date(1990, 1, 31), "phone": "+34 612 345 678"},
    {"first_name": "J.", "last_name": "Smith", "email": "jane.smith@example.org", "create_portal_account": True},
    {"first_name": "Sam", "email": "not an email"},
]


def main(storage: str) -> None:
    # Thread-safe: open one clinic and share it. Leaving the block closes it.
    with clinic.open(storage) as opened:
        # Who acts goes into the audit; a role says what this part of the program may do.
        desk = opened.system("front-desk", role="receptionist")
        for form in WAITING_ROOM:
            try:
                # The methods and their keywords are the operation table: help(desk.patients.register).
                answer = desk.patients.register(**form, origin="host_python")
            except clinic.DuplicateEmail as error:
                print(f"refused: {error.message}")
            except clinic.ValidationFailed as error:
                for field in error.fields:
                    print(f"refused: {field.path}: {field.message}")
            else:
                patient = answer.patient
                print(f"{patient.number}: {patient.first_name} {patient.last_name}, {answer.message}")
                if answer.portal_credentials:
                    # The password is shown this once, and not by print(answer).
                    print(f"  logs in as {answer.portal_credentials.username}")

        found = desk.patients.search(q="smith").items[0]
        print(f"found {found.number}, registered {found.created_at:%Y-%m-%d}")

        # What a role may not do is refused, and the attempt is on record.
        try:
            desk.audit.list()
        except clinic.Forbidden as error:
            print(f"refused: {error.message}")
        for entry in opened.system("manager").audit.list(newest_first=False).items:
            print(f"  {entry.actor_name} {entry.action} {entry.outcome}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite:clinic.db")
