#!/bin/sh
# Runs under dbus-run-session: puts the Secret Service of that bus into the state $1, prints the
# address of the bus, and runs until stdin is closed.
set -eu

await_owner() {
  until dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus \
    / org.freedesktop.DBus.NameHasOwner "string:$1" | grep -q true; do
    sleep 0.02
  done
}

case $1 in
  unlocked)
    printf '%s' password | gnome-keyring-daemon --foreground --unlock --components=secrets &
    await_owner org.freedesktop.secrets
    ;;
  hung)
    dbus-test-tool black-hole --name=org.freedesktop.secrets &
    await_owner org.freedesktop.secrets
    ;;
  prompting)
    dbus-test-tool black-hole --name=org.gnome.keyring.SystemPrompter &
    await_owner org.gnome.keyring.SystemPrompter
    ;;
  locked | collection-less)
    # The bus starts the daemon on the first call, without a password.
    ;;
esac

printf '%s\n' "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
