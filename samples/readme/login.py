# The example of docs/authentication.md.
import sys

import clinic

with clinic.open(sys.argv[1]) as opened:  # "sqlite:clinic.db"
    desk = opened.system("front-desk")
    nina = desk.users.create(username="nina", password="a long enough passphrase", role="nurse").user

    tokens = opened.anonymous().auth.login(login="nina", password="a long enough passphrase")
    session = opened.token(tokens.access_token)  # or opened.log_in("nina", "…")
    print("logged in as", session.auth.me().user.username)

    tokens = opened.anonymous().auth.refresh(refresh_token=tokens.refresh_token)
    desk.users.change_role(user=nina.id, role="doctor")  # ends the login
    try:
        session.patients.list()
    except clinic.TokenInvalid as error:
        print(error.code, error.detail)
