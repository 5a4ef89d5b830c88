#!/usr/bin/env bash
# Creates, changes and deletes a cluster with --wait and --non-interactive.
set -euo pipefail
cluster=${1:?}

pks create-cluster "$cluster" -e "$cluster.example.com" -p small -n 1 \
  --tags "client:example.com,costcenter:pettycash" --non-interactive --wait
pks cluster "$cluster" | grep '^Tags:' | awk '{print $2}'
pks resize "$cluster" -n 2 --json --non-interactive --wait | jq -r '.last_action + " " + .last_action_state'
pks update-cluster "$cluster" --tags "" --kubelet-drain-timeout 5 --non-interactive --wait >/dev/null
pks cluster "$cluster" --json | jq -r '.parameters.cluster_tags | length'
pks delete-cluster "$cluster" --non-interactive --wait
if pks cluster "$cluster" 2>/dev/null; then exit 1; fi
