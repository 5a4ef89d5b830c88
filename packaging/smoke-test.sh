#!/usr/bin/env bash
# smoke-test.sh PROGRAM STORE: starts the program's sandbox, logs in to it and lists clusters. The
# release workflow runs it on each platform. The ports 8443 and 9021 must be free.
set -euo pipefail

program=$1 store=$2
folder=$(mktemp -d)
sandbox=
cleanup() {
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
export TPKS_HOME="$folder/home" TPKS_PASSWORD=cody-password

"$program" --version
"$program" sandbox --json --dir "$folder/sandbox" >"$folder/ready" &
sandbox=$!
for _ in {1..60}; do
  [ ! -s "$folder/ready" ] || break
  sleep 1
done
[ -s "$folder/ready" ]
"$program" login -a localhost --ca-cert "$folder/sandbox/ca.pem" -u cody --store "$store" \
  --non-interactive
"$program" clusters | grep dev-1
"$program" logout
