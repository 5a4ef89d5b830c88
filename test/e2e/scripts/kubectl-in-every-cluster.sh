#!/usr/bin/env bash
# Counts the ready nodes of every cluster with kubectl. The password is piped in.
set -euo pipefail

log_in_to_cluster() {
  echo "$PKS_PASSWORD" | pks get-credentials "$1" >/dev/null 2>&1
}

pks login -a "$PKS_API" -u "$PKS_USER" -p "$PKS_PASSWORD" -k >/dev/null 2>&1
for cluster in $(pks clusters --json | jq -r '.[].name' | sort) "$@"; do
  if ! log_in_to_cluster "$cluster"; then
    echo "$cluster: skipped"
    continue
  fi
  kubectl config use-context "$cluster" >/dev/null
  echo "$cluster: $(kubectl get nodes --no-headers | awk '$2 == "Ready"' | wc -l)"
done
