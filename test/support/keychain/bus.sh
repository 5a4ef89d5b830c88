#!/bin/sh
# Started by dbus-run-session: runs the bus with its socket in $XDG_RUNTIME_DIR, because the default is /tmp,
# and the bus does not delete its socket.
exec dbus-daemon --address=unix:runtime=yes "$@"
