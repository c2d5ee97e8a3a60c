"""Data folders as the servers' own tools make them, kept in build/servers: to copy one takes less time than to make it."""

import fcntl
import os
import secrets
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent.parent / "build" / "servers"


def copied(supervisor, key, make, to, user):
    """Copies the data folder called `key` to `to`, and answers the password of the account in it.

    make(folder, password) makes it, as `user`; once only.
    """
    kept = CACHE / "template" / f"{key}-{os.geteuid()}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with open(kept.with_name(kept.name + ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make(supervisor, make, kept, user)
    _copy(kept / "data", to)
    if user:
        subprocess.run(["chown", "-R", f"{user}:{user}", to], check=True)
    return (kept / "password").read_text(encoding="utf-8")


def _make(supervisor, make, kept, user):
    # The servers' users may see nothing of the checkout: made in the temporary folder, then taken over.
    made = supervisor.make_folder(f"template-{kept.name}", user)
    password = secrets.token_urlsafe(18)
    make(made / "data", password)
    unfinished = kept.with_name(kept.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _copy(made / "data", unfinished / "data")
    (unfinished / "password").write_text(password, encoding="utf-8")
    unfinished.rename(kept)
    shutil.rmtree(made)


def _copy(source, to):
    subprocess.run(["cp", "-a", "--reflink=auto", "--sparse=always", source, to], check=True, stderr=subprocess.PIPE)
