"""Types the answers that `createsuperuser` asks for, as somebody at a terminal would: it reads passwords from there.

typist.py EMAIL PASSWORD -- COMMAND…
"""

import os
import pty
import sys

email, password, _, *command = sys.argv[1:]
answers = {"e-mail": email, "email": email, "password (again)": password, "password": password}

child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)  # noqa: S606

line = ""
while True:
    try:
        seen = os.read(terminal, 1024)
    except OSError:  # Linux says so at the end
        break
    if not seen:
        break
    sys.stdout.write(seen.decode())
    sys.stdout.flush()
    line = (line + seen.decode()).splitlines()[-1] if not seen.endswith(b"\n") else ""
    if line.rstrip().endswith(":"):
        prompt = line.strip().rstrip(":").lower()
        os.write(terminal, f"{answers[prompt]}\n".encode())
        line = ""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
