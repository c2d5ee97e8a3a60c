#!/usr/bin/env python3
"""Sends each event of a clinic to an address by HTTP, signed, and again until it is taken.

    export CLINIC_LIBRARY=build/release/lib/libclinic_c.so PYTHONPATH=bindings/python WEBHOOK_SECRET=whsec_…
    samples/webhooks/webhooks.py sqlite:clinic.db https://example.org/hook position.txt

Headers and signature are those of Standard Webhooks: `webhook-id`, `webhook-timestamp`, and `webhook-signature`, which is
`v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. The receiver drops an id that it has seen, and a time that
is more than five minutes off. The position of the last event that was taken is kept in the file.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Optional

import clinic

FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0


def signature(secret: bytes, event_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def request_for(event: clinic.Record, url: str, secret: bytes) -> urllib.request.Request:
    body = json.dumps({"type": event.type, "timestamp": event.created_at, "data": dict(event)}).encode()
    timestamp = str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "webhook-id": event.id,  # the same on every try
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, event.id, timestamp, body),
    }
    return urllib.request.Request(url, data=body, headers=headers)


def deliver(event: clinic.Record, url: str, secret: bytes) -> None:
    wait = FIRST_WAIT
    while True:
        try:
            with urllib.request.urlopen(request_for(event, url, secret), timeout=15):
                return  # 2xx
        except (urllib.error.URLError, OSError) as reason:
            print(f"event {event.position}: {reason}; again in {wait:.0f} s", file=sys.stderr)
        time.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def kept(file: str) -> int:
    try:
        with open(file, encoding="ascii") as text:
            return int(text.read())
    except FileNotFoundError:
        return 0


def keep(file: str, position: int) -> None:
    """All of it or nothing, also where the power fails."""
    with open(file + ".new", "w", encoding="ascii") as text:
        text.write(str(position))
        text.flush()
        os.fsync(text.fileno())
    os.replace(file + ".new", file)


def main(storage: str, url: str, file: str, idle: Optional[float] = None) -> None:
    try:
        secret = base64.b64decode(os.environ.get("WEBHOOK_SECRET", "").removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not secret:
        sys.exit("WEBHOOK_SECRET is to be the secret that you share with the receiver: whsec_ and base64")
    try:
        clinic_of_events = clinic.open(storage, migrate=False)
    except clinic.SchemaOlder:
        sys.exit(f"{storage} holds no clinic of this version: is it the right one?")
    with clinic_of_events as opened, opened.system("webhooks", role="admin") as session:
        position = kept(file)
        try:
            for event in session.follow_events(after=position, idle=idle):
                deliver(event, url, secret)
                keep(file, event.position)
                position = event.position
        except clinic.PositionUnknown:
            sys.exit(
                f"Events behind position {position} are gone, or a backup was restored: let the receiver read anew what "
                f"it needs, and remove {file} to send all events that are kept."
            )


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
