#!/usr/bin/env bash
# Deletes clusters whose creation failed, then exits with an error that a pipeline sees.
set -euo pipefail

if pks create-cluster doomed -e doomed.example.com -p fails --wait --non-interactive; then
  echo 'create-cluster did not fail' >&2
  exit 1
fi
for name in $(pks clusters --json | jq -r '.[] | select(.last_action == "CREATE" and .last_action_state == "failed") | .name'); do
  echo "deleting $name: $(pks cluster "$name" --json | jq -r .last_action_description | cut -c1-44)"
  pks delete-cluster "$name" --non-interactive --wait
done
pks clusters | awk 'NR > 2 && $NF == "CREATE" {print $2 " is left"}'
pks delete-cluster doomed --non-interactive
