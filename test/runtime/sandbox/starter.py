"""starter.py SETTINGS PROGRAM ARGUMENT...: starts a program the way a careless or restricted user might."""

import json
import os
import pty
import sys

settings = json.loads(sys.argv[1])
command = sys.argv[2:]

canary = os.open(settings["canary"], os.O_RDONLY)
for number in (9, 30, 200, 251):
    os.dup2(canary, number, inheritable=True)
if os.getuid() == 0 and settings["user"] != 0:
    os.setgroups([])
    os.setgid(settings["user"])
    os.setuid(settings["user"])
os.umask(0o077)

restrictions = {
    "no namespaces": "echo 0 >/proc/sys/user/max_user_namespaces",
    "half of /proc": "mount -t tmpfs none /proc/irq",
}
if settings["restriction"] is not None:
    script = restrictions[settings["restriction"]] + ' && exec "$@"'
    command = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-eu", "-c", script, "sh", *command]
if settings["terminal"]:
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(command)))
os.execv(command[0], command)
