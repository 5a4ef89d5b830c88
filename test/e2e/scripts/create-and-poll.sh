#!/usr/bin/env bash
# Creates a cluster and polls until it is ready, as pipelines do.
set -euo pipefail
: "${PKS_API:?}" "${PKS_USER:?}" "${PKS_PASSWORD:?}" "${CA_CERT:?}"
cluster=${1:-ci-1}

pks login -a "$PKS_API" -u "$PKS_USER" -p "$PKS_PASSWORD" --ca-cert "$CA_CERT"

if pks cluster "$cluster" --json >/dev/null 2>&1; then
  echo "$cluster already exists"
  exit 0
fi

pks create-cluster "$cluster" --external-hostname "$cluster.example.com" --plan small --num-nodes 2

state=$(pks cluster "$cluster" --json | jq -r '.last_action_state')
while [ "$state" = 'in progress' ]; do
  sleep 0.1
  state=$(pks cluster "$cluster" --json | jq -r '.last_action_state')
done
[ "$state" = succeeded ]

echo "uuid: $(pks cluster "$cluster" --json | jq -r .uuid)"
echo "master: $(pks cluster "$cluster" --json | jq -r '.kubernetes_master_ips[0]')"
echo "host: $(pks cluster "$cluster" --json | jq -r '.parameters.kubernetes_master_host')"
