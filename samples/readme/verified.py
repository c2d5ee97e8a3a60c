# The example of registration by a proven email in docs/authentication.md.
import sys

import clinic

letters = []


def deliver(message):  # your mail server; or the plugin smtp
    letters.append(message)


with clinic.open(sys.argv[1], channels={"email": deliver}, policy={"portal_address": "https://portal.example"}, dispatch_messages=False) as opened:
    portal, jane = opened.anonymous(), {"email": "jane@example.com"}
    started = portal.auth.start_registration(**jane)
    opened.system("portal").notifications.dispatch()
    code = letters[-1].data["code"]  # which Jane reads in her letter

    verified = portal.auth.verify_contact(**jane, code=code, verification_token=started.verification_token)
    jane_smith = portal.auth.set_password(
        **jane, verified_token=verified.verified_token, password="a long enough passphrase", first_name="Jane", last_name="Smith"
    )
    print(jane_smith.patient.number, "is", opened.token(jane_smith.tokens.access_token).auth.me().user.username)
