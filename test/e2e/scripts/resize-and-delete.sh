#!/usr/bin/env bash
# Adds a worker to a cluster, waits, and deletes the cluster. The confirmations are piped in.
set -euo pipefail
cluster=${1:?}

wait_for() {
  local state
  until state=$(tkgi cluster "$cluster" --json | jq -r .last_action_state) && [ "$state" != 'in progress' ]; do
    sleep 0.1
  done
  echo "$cluster: $state"
  [ "$state" = succeeded ]
}

workers=$(tkgi cluster "$cluster" --json | jq -r '.parameters.kubernetes_worker_instances')
echo y | tkgi resize "$cluster" --num-nodes $((workers + 1))
wait_for
now=$(tkgi cluster "$cluster" --json | jq -r '.parameters.kubernetes_worker_instances')
echo "workers: $workers -> $now"
[ "$now" -eq $((workers + 1)) ]

echo y | tkgi delete-cluster "$cluster"
while tkgi cluster "$cluster" --json >/dev/null 2>&1; do sleep 0.1; done
echo "$cluster is gone"
