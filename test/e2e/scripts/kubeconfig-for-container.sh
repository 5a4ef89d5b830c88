#!/usr/bin/env bash
# Creates a kubeconfig for a job that has no CLI, with an IP address instead of a name that is not in the DNS.
set -eu
cluster=${1:?}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

export KUBECONFIG="$folder/job/kubeconfig"
export PKS_USER_PASSWORD="$PKS_PASSWORD"
tkgi get-kubeconfig "$cluster" -a "$PKS_API" -u "$PKS_USER" --ca-cert "$CA_CERT"
sed -i 's#server: https://[^:]*#server: https://127.0.0.1#' "$KUBECONFIG"

cd "$folder/job"
env -i HOME="$PWD" "$(command -v kubectl)" --kubeconfig kubeconfig get namespaces -o name | head -1
