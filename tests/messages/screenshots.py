"""Pictures of two mails in three languages for the documents, by headless Chromium: docs/pictures/mail_<key>_<language>.png

    ninja -C build/dev clinic_sample_mails
    python3 tests/messages/screenshots.py [build/dev/bin/clinic_sample_mails]

Look at them afterwards. Chromium is no package of the tests: on Debian, `apt-get install chromium`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAILS = {"invitation": 490, "appointment_booked": 490}  # with the height of the picture
LANGUAGES = ["en", "ar", "id"]
WIDTH = 480  # a telephone's


def main(program):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("screenshots: there is no chromium")
    pictures = ROOT / "docs" / "pictures"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder], check=True)
        for key, height in MAILS.items():
            for language in LANGUAGES:
                command = [
                    chromium,
                    "--headless",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--user-data-dir=" + os.path.join(folder, "chromium"),
                    f"--window-size={WIDTH},{height}",
                    f"--screenshot={pictures / f'mail_{key}_{language}.png'}",
                    Path(folder, f"{key}.{language}.html").as_uri(),
                ]
                if hasattr(os, "geteuid") and os.geteuid() == 0:
                    command.insert(1, "--no-sandbox")  # it refuses to run as root with its sandbox
                subprocess.run(command, check=True, timeout=60, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/dev/bin/clinic_sample_mails"))
