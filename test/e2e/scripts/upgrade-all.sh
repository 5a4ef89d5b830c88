#!/usr/bin/env bash
# Upgrades every idle cluster and reads the task id from the output.
set -euo pipefail

names=$(tkgi clusters --json | jq -r '[.[] | select(.last_action_state == "succeeded") | .name] | join(",")')
echo "to upgrade: $names"
task=$(tkgi upgrade-clusters --clusters "$names" --max-in-flight 2 --non-interactive | sed -n 's/^Your taskID for the upgrade task is: //p')
[ -n "$task" ]
until [ "$(tkgi task "$task" --json | jq -r .status)" = done ]; do sleep 0.1; done
tkgi task "$task" --json | jq -r '.clusters[] | .cluster_name + " " + .last_action_state'
