import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createShellUser,
  expectResult,
  type ShellLine,
  type ShellUser,
} from '../support/program/shell-lines.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/**
 * Shell lines in the forms that scripts use, run through links named `pks` and `tkgi`. `$API` is the
 * API, `$CA` the path of the CA file, and `$T` the ID of a task.
 */

let sandbox: TestSandbox;
let operator: ShellUser;

const loginWords = 'login -a "$API" -u alana -p alana-password --ca-cert "$CA"';

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0.2, pksVersion: '1.20' });
  operator = createShellUser({
    API: sandbox.api,
    // The original has no variable for a UAA on a port other than 8443.
    TPKS_UAA_URL: sandbox.uaa,
    CA: sandbox.caCert,
    T: 'd772aba0-2670-4fba-b26c-044b19d6ab60',
    // Scripts wait for whole seconds, but the sandbox is faster. Bash imports this function.
    // `command sleep` does not call it.
    'BASH_FUNC_sleep%%': '() { command sleep 0.1; }',
  });
  const { code, stderr } = await operator.shell(`pks ${loginWords}`);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => sandbox.close());

/** The lines that `login` prints. */
const loginText = /^\nAPI Endpoint: https:\/\/\S+\nUser: \w+\nLogin successful\.\n\n$/;

const loginLines: readonly ShellLine[] = [
  [`tkgi ${loginWords} || exit 1`, loginText],
  ['echo alana-password | pks login -a "$API" -u alana --ca-cert "$CA"', loginText],
  ['printf %s alana-password | tkgi login -a "$API" -u alana -k', loginText],
  ['pks login -a "$API" -u alana --ca-cert "$(cat "$CA")" <<EOT\nalana-password\nEOT', loginText],
  [
    'pks login -a "${API#https://}" -u alana -p alana-password -k',
    /^\nAPI Endpoint: localhost:|^\nAPI Endpoint: 127/,
  ],
  ['pks login -a "$API" -u alana -p alana-password --skip-ssl-verification 2>/dev/null', loginText],
  [
    'pks login -a "$API" --client-name admin --client-secret adminsecret --ca-cert "$CA" | awk \'/^User:/ {print $2}\'',
    'admin\n',
  ],
  [
    'pks login -a "$API" -u alana -p wrong --ca-cert "$CA" 2>&1 | grep "^Error: Credentials were"',
    'Error: Credentials were rejected, please try again.\n',
  ],
  ['pks login -a "$API" -u alana --ca-cert "$CA" </dev/null', '', 2],
  [
    'pks login -a "$API" -u alana -p "$UNSET" 2>&1 | grep ^Hint',
    'Hint: check the value of --password; five failed logins lock the account\n',
  ],
];

const readLines: readonly ShellLine[] = [
  ["pks clusters | grep prod-1 | awk '{print $4, $5}'", /^medium 3925786b-[\w-]+\n$/],
  ["pks clusters --json | jq -r '.[].name' | sort | xargs", 'dev-1 dev-2 dev-3 prod-1 prod-2\n'],
  [
    "for c in $(pks clusters --json | jq -r '.[].name' | grep dev-[12]); do pks cluster $c --json | jq -r '.name + \" \" + .last_action_state'; done",
    'dev-1 succeeded\ndev-2 succeeded\n',
  ],
  ['pks cluster dev-1 | awk -F": +" \'/^Last Action State/ {print $2}\'', 'succeeded\n'],
  ["pks cluster dev-1 --json | jq -r '.parameters.kubernetes_master_host'", 'dev-1.example.com\n'],
  ['if ! tkgi cluster nosuch --json >/dev/null 2>&1; then echo missing; fi', 'missing\n'],
  ['pks cluster nosuch 2>&1 | grep -q "Cluster nosuch not found" && echo gone', 'gone\n'],
  [
    "printf 'dev-1\\nprod-1\\n' | while read -r c; do pks cluster \"$c\" | grep -oP '^Plan Name:\\s+\\K\\S+'; done",
    'small\nmedium\n',
  ],
  ["pks plans | awk 'NR > 2 {print $1}' | xargs", 'small medium large fails\n'],
  ["pks tasks -l 1 | awk 'NR == 3 {print $1, $3}'", 'd772aba0-2670-4fba-b26c-044b19d6ab60 done\n'],
  ['pks task $T | grep "task is:"', 'Your upgrade task is: done\n'],
  ["pks network-profiles | awk 'NR > 2 {print $1}'", 'np-prod\nnp-routable\n'],
  ["tkgi k8s-profiles | tail -n +3 | cut -d' ' -f1", 'audited\ncody-basic\n'],
];

const monitor = (link: string, name: string) =>
  `Use '${link} cluster ${name}' to monitor the state of your cluster\n`;

/** These lines run in this order. */
const writeLines: readonly ShellLine[] = [
  ['pks create-cluster s1 -e s1.example.com -p small -n 1 | tail -1', monitor('pks', 's1')],
  [
    "set -eo pipefail; tkgi create-cluster s2 --external-hostname s2.example.com --plan small --num-nodes 1 --non-interactive --wait | awk -F': +' '/^Last Action State/ {print $2}'",
    'succeeded\n',
  ],
  [
    'pks create-cluster s3 -e s3.example.com -p small -n 1 --json | jq -r \'.last_action + " " + .last_action_state\'',
    'CREATE in progress\n',
  ],
  [
    'until [ "$(pks cluster s1 --json | jq -r .last_action_state)" = succeeded ]; do sleep 1; done; echo s1',
    's1\n',
  ],
  [
    'echo y | tkgi resize s1 -n 2',
    `Are you sure you want to resize cluster s1 to 2? (y/n): y\n${monitor('tkgi', 's1')}`,
  ],
  [
    "while tkgi cluster s1 | grep -q 'in progress'; do sleep 1; done; tkgi cluster s1 | grep ^Worker",
    'Worker Nodes:             2\n',
  ],
  [
    'pks resize s1 --num-nodes 1 --non-interactive --wait --json | jq .parameters.kubernetes_worker_instances',
    '1\n',
  ],
  [
    'echo n | pks resize s1 -n 3; echo $?',
    'Are you sure you want to resize cluster s1 to 3? (y/n): n\n0\n',
  ],
  [
    'tkgi update-cluster s1 --num-nodes 2 --kubelet-drain-timeout 1 --kubelet-drain-grace-period 5 --non-interactive',
    `Update summary for cluster s1:\nWorker Number: 2\nKubelet Drain Timeout: 1\nKubelet Drain Grace Period: 5\n${monitor('tkgi', 's1')}`,
  ],
  ["while pks cluster s1 | grep -q 'in progress'; do sleep 1; done", ''],
  [
    'pks update-cluster s1 --num-nodes 1 <<< y',
    `Update summary for cluster s1:\nWorker Number: 1\nAre you sure you want to continue? (y/n): y\n${monitor('pks', 's1')}`,
  ],
  ["while pks cluster s1 | grep -q 'in progress'; do sleep 1; done", ''],
  [
    'pks update-cluster s1 --tags "a:b, c:d" --non-interactive --wait | grep "^Tags:  "',
    'Tags:                     a:b,c:d\n',
  ],
  [
    "pks update-cluster s1 --tags '' --non-interactive --wait --json | jq '.parameters.cluster_tags | length'",
    '0\n',
  ],
  [
    "yes | pks upgrade-clusters -c s2,s3 --max-in-flight 2 | tail -2 | sed 's/: .*-.*/: ID/'",
    'Continue? (y/n):y\nYour taskID for the upgrade task is: ID\n',
  ],
  [
    "id=$(pks tasks --json | jq -r '.[0].uuid'); tkgi cancel-task $id >/dev/null; until [[ $(pks task $id --json | jq -r .status) =~ done|canceled ]]; do sleep 1; done; echo ended",
    'ended\n',
  ],
  [
    'until [ $(pks clusters --json | jq \'[.[] | select(.name | startswith("s")) | select(.last_action_state == "succeeded")] | length\') = 3 ]; do sleep 1; done',
    '',
  ],
  [
    'echo y | tkgi delete-cluster s2',
    'Are you sure you want to delete cluster s2? (y/n) y\nDeletion of s2 in progress\n',
  ],
  ['while tkgi cluster s2 >/dev/null 2>&1; do sleep 1; done; echo gone', 'gone\n'],
  ['pks delete-cluster s3 --non-interactive --wait', 'Deletion of s3 completed\n'],
  [
    'yes | pks delete-cluster s1 >/dev/null; pks delete-cluster nosuch --non-interactive 2>/dev/null || echo failed',
    'failed\n',
  ],
  ['pks delete-cluster dev-2 </dev/null 2>/dev/null; echo $?', '2\n'],
];

/** Other commands do not wait this long for a line. */
const slowLines: readonly ShellLine[] = [
  [
    '(command sleep 4; echo n) | pks delete-cluster dev-1',
    'Are you sure you want to delete cluster dev-1? (y/n) n\n',
  ],
  [
    '(command sleep 4; echo wrong) | pks login -a "$API" --sso --ca-cert "$CA" 2>&1 | grep -o "^Error: Credentials"',
    'Error: Credentials\n',
  ],
];

const profileLines: readonly ShellLine[] = [
  ['tkgi create-network-profile np.json', 'Network profile np-new successfully created\n'],
  [
    'echo y | pks delete-network-profile np-new',
    'Are you sure you want to delete the network profile np-new? (y/n): y\nDeletion of np-new completed\n',
  ],
  ['pks create-k8s-profile kp.json', 'Kubernetes profile kp-new successfully created\n'],
  ['tkgi delete-k8s-profile kp-new --non-interactive', 'Deletion of kp-new completed\n'],
];

describeIfPart('jq', 'the shell line', () => {
  beforeAll(() => {
    const pool = { cpu: 2, memory_in_mb: 4096, ephemeral_disk_in_mb: 16384, instances: 1 };
    const profiles = {
      np: { parameters: { lb_size: 'small' } },
      kp: {
        customizations: [
          { component: 'kube-apiserver', arguments: { 'service-node-port-range': '30000-40000' } },
        ],
      },
      cp: {
        parameters: {
          cluster_customization: { control_plane: pool, node_pools: [{ ...pool, name: 'a' }] },
        },
      },
    };
    for (const [name, profile] of Object.entries(profiles)) {
      const text = JSON.stringify({ name: `${name}-new`, description: 'd', ...profile });
      writeFileSync(join(dirname(operator.user.home), `${name}.json`), text);
    }
  });

  describe('of a script that logs in', () => {
    afterAll(async () => {
      await operator.shell(`pks ${loginWords}`);
    });
    test.each(loginLines)('%s', async (...line) => expectResult(operator, line));
  });
  test.each(readLines)('%s', async (...line) => expectResult(operator, line));
  test.each(writeLines)('%s', async (...line) => expectResult(operator, line));
  test('waits for a slow command that writes an answer or a one-time code to its stdin', async () => {
    await Promise.all(slowLines.map((line) => expectResult(operator, line)));
  });
  test.each(profileLines)('%s', async (...line) => expectResult(operator, line));

  test('uses the session that belongs to the folder in PKS_HOME', async () => {
    const { code, stdout } = await operator.shell(`
      set -e; unset TPKS_HOME
      export PKS_HOME=$PWD/pks-a; pks ${loginWords} > /dev/null
      export PKS_HOME=$PWD/pks-b; pks login -a "$API" -u cody -p cody-password -k > /dev/null
      for each in a b a; do
        PKS_HOME=$PWD/pks-$each pks status --json | jq -r .identity
      done`);
    expect([code, stdout]).toEqual([0, 'alana\ncody\nalana\n']);
  });

  test('recognizes the expired token of a client by the text of the original', async () => {
    const words = 'login -a "$API" --client-name admin --client-secret adminsecret --ca-cert "$CA"';
    await operator.shell(`pks ${words} --name client`);
    await operator.user.changeSession('client', { expiresAt: '2020-01-01T00:00:00.000Z' });
    const { code, stdout } = await operator.shell(`
      until pks clusters > out 2>&1; do
        grep -q '^Error: You are not currently authenticated. Please log in to continue' out || exit 9
        pks ${words} --name client
      done; tail -1 out | wc -l; pks ${loginWords} > /dev/null`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Login successful\.\n\n1\n$/)]);
  });

  test('pks logout && ! pks clusters', async () => {
    const { code, stdout } = await operator.shell('pks logout && ! pks clusters');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Logged out/)]);
  });
});
