# The example of registration in docs/authentication.md.
import sys

import clinic


def passed(operation, origin, answer):  # ask whoever makes your CAPTCHA; only True passes
    return answer == "what the person typed"


with clinic.open(sys.argv[1], policy={"self_registration": True}, challenge=passed) as opened:
    portal = opened.anonymous()
    jane = {"first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "password": "a long enough passphrase"}
    try:
        portal.auth.register(**jane, origin="192.0.2.7")
    except clinic.ChallengeFailed as error:
        print(error.code, error.message)

    made = portal.auth.register(**jane, origin="192.0.2.7", challenge="what the person typed")
    session = opened.log_in("jane@example.com", "a long enough passphrase")
    print(made.patient.number, "is", session.auth.me().user.username)
