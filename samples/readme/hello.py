# The Python example of the README.
import sys

import clinic

if len(sys.argv) != 2:
    sys.exit(f"usage: {sys.argv[0]} sqlite:clinic.db")

with clinic.open(sys.argv[1]) as opened:  # "sqlite:clinic.db"
    desk = opened.system("front-desk")

    jane = desk.patients.register(
        first_name="Jane", last_name="Smith", email="jane@example.com", create_portal_account=True
    )
    print(jane.message, jane.patient.number)

    try:
        desk.patients.register(first_name="Jane", last_name="Twin", email="JANE@example.com")
    except clinic.DuplicateEmail as error:
        print(error.code, error.detail)

    for patient in desk.patients.search(q="smith").items:
        print(patient.number, patient.first_name, patient.created_at)
