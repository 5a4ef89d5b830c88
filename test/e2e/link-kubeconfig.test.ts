import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import {
  createShellUser,
  expectResult,
  type ShellLine,
  type ShellUser,
} from '../support/program/shell-lines.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/**
 * Calls of `get-credentials` and `get-kubeconfig` in the forms that scripts use, run through links named
 * `pks` and `tkgi`. `$API` is the API, `$CA` the path of the CA file, and `$PW` the password of alana.
 */

let sandbox: TestSandbox;
let operator: ShellUser;

const loginWords = 'login -a "$API" -u alana -p "$PW" --ca-cert "$CA"';
const kubeconfigWords = 'get-kubeconfig dev-1 -a "$API" -u alana --ca-cert "$CA"';

const createOperator = async ({ api, uaa, caCert }: TestSandbox): Promise<ShellUser> => {
  const created = createShellUser({
    API: api,
    // The original has no variable for a UAA on a port other than 8443.
    TPKS_UAA_URL: uaa,
    CA: caCert,
    PW: 'alana-password',
  });
  const { code, stderr } = await created.shell(`pks ${loginWords}`);
  if (code !== 0) throw new Error(stderr);
  return created;
};

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
  operator = await createOperator(sandbox);
});
afterAll(() => sandbox.close());

const removeKubeconfig = ({ user }: ShellUser) => {
  rmSync(join(dirname(user.home), '.kube'), { recursive: true, force: true });
};
beforeEach(() => {
  removeKubeconfig(operator);
});

/** The text of the original. @see docs/contributing/servers/pks-cli.md#credentials */
const credentialsText = (cluster: string, source = '') =>
  `\nFetching credentials for cluster ${cluster}.\n${source}Context set for cluster ${cluster}.\n\n` +
  'You can now switch between clusters by using:\n$kubectl config use-context <cluster-name>\n';
const kubeconfigText =
  '\nFetching kubeconfig for cluster dev-1 and user alana.\n' +
  'You can now use the kubeconfig for user alana:\n$kubectl config use-context dev-1\n';

const credentialsLines: readonly ShellLine[] = [
  ['echo "$PW" | pks get-credentials dev-1', credentialsText('dev-1')],
  ['printf "$PW\\r\\n" | pks get-credentials dev-1', credentialsText('dev-1')],
  [
    'ln -sf "$(command -v tkgi)" tkgi; echo $PW | ./tkgi get-credentials dev-1 | tail -6 | wc -l',
    '6\n',
  ],
  [
    'export PKS_USER_PASSWORD=$UNSET; echo $PW | pks get-credentials dev-1 2>&1',
    credentialsText('dev-1'),
  ],
  ['pks get-credentials dev-1 2>&1 | grep "^Error"', 'Error: Missing password\n'],
  // The password in the variable leaves the names on stdin to the loop.
  [
    'export PKS_USER_PASSWORD=$PW; printf "dev-1\\ndev-2\\n" | while read -r name; do pks get-credentials $name | grep ^Context; done',
    'Context set for cluster dev-1.\nContext set for cluster dev-2.\n',
  ],
  [
    'export PKS_USER_PASSWORD=$PW; for c in dev-1 dev-2; do tkgi get-credentials $c > /dev/null & done; wait; grep -c "server: " .kube/config',
    '2\n',
  ],
  [
    'export KUBECONFIG=$PWD/new/folder/config; echo $PW | pks get-credentials dev-1 > /dev/null; stat -c %a $KUBECONFIG; ls .kube 2>/dev/null',
    '600\n',
    2,
  ],
  [
    'cp -r "$TPKS_HOME" copy; echo $PW | pks get-credentials dev-1 > /dev/null; diff -r "$TPKS_HOME" copy && echo same; rm -r copy',
    'same\n',
  ],
  [
    // As in the sessions of pipelines that copy creds.yml from an earlier step.
    'export TPKS_PKS_CREDS=1 TPKS_HOME=$PWD/a; pks login -a "$API" -u alana -p "$PW" --ca-cert "$CA" > /dev/null; export TPKS_API="$API" TPKS_HOME=$PWD/b; echo $PW | pks get-credentials dev-1 | grep ^Context; ls b 2>/dev/null | wc -l; rm -rf a .pks',
    'Context set for cluster dev-1.\n0\n',
  ],
];

const kubeconfigLines: readonly ShellLine[] = [
  [`pks ${kubeconfigWords} -p $PW`, kubeconfigText],
  ['pks get-kubeconfig dev-1 -k -a="$API" -u=alana -p="$PW"', kubeconfigText],
  [
    'tkgi get-kubeconfig dev-1 --api "$API" --username alana --password $PW --skip-ssl-validation',
    kubeconfigText,
  ],
  [`echo $PW | tkgi ${kubeconfigWords}`, kubeconfigText],
  [`pks ${kubeconfigWords} 2>&1 | grep ^Error`, 'Error: Missing password\n'],
  [
    'pks get-kubeconfig nosuch -a "$API" -u alana -p $PW --ca-cert "$CA" 2>&1 | grep ^Error',
    'Error: Cluster nosuch not found\n',
  ],
  [
    // A container with a user who has no home folder.
    `mkdir none; chmod 500 none; export HOME=$PWD/none/home KUBECONFIG=$PWD/kubeconfig; unset TPKS_HOME TPKS_STORE; pks ${kubeconfigWords} -p $PW; ls none; rm -r none kubeconfig`,
    kubeconfigText,
  ],
];

/** Fetches the credentials of a cluster without output. */
const fetchWords = (cluster = 'dev-1') => `echo $PW | pks get-credentials ${cluster} > /dev/null;`;
const namespaces =
  'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n';

const contentLines: readonly ShellLine[] = [
  [
    // The order of client-go.
    `${fetchWords()} sed -n '/^users:/,$ s/: .*//p' .kube/config`,
    [
      '- name',
      '        client-id',
      '        client-secret',
      '        cluster_client_secret',
      '        id-token',
      '        idp-certificate-authority-data',
      '        idp-issuer-url',
      '        refresh-token',
      '      name',
      '',
    ].join('\n'),
  ],
];

const kubectlLines: readonly ShellLine[] = [
  [`${fetchWords()} kubectl get namespaces -o name`, namespaces],
  [
    `${fetchWords()} kubectl get clusterrolebindings -l generated=true -o json | jq -r '.items[].metadata.name'`,
    'oidc:alana-cluster-admin\n',
  ],
  // Scripts replace a name that is not in the DNS.
  [
    `${fetchWords()} sed -i 's/server: .*:/server: https:\\/\\/127.0.0.1:/' ~/.kube/config; kubectl get ns -o name`,
    namespaces,
  ],
  // A container gets the file, but has no CLI and no home folder.
  [
    `${fetchWords()} cp .kube/config copy; env -i HOME=/none "$(command -v kubectl)" --kubeconfig copy --cache-dir "$PWD/cache" get ns -o name; rm -r copy cache`,
    namespaces,
  ],
  [
    `${fetchWords()} kubectl config unset users.alana; kubectl config delete-context dev-1 > /dev/null 2>&1; ${fetchWords()} kubectl get ns -o name`,
    `Property "users.alana" unset.\n${namespaces}`,
  ],
  [
    'pks get-kubeconfig dev-1 -a "$API" -u dana -p dana-password --ca-cert "$CA" > /dev/null; kubectl auth can-i list nodes 2>/dev/null',
    'no\n',
    1,
  ],
  [
    `${fetchWords()} pks logout > /dev/null; kubectl get ns -o name; pks ${loginWords} > /dev/null`,
    namespaces,
  ],
];

describeIfPart('jq', 'the shell line', () => {
  test.each(credentialsLines)('%s', async (...line) => expectResult(operator, line));
  test.each(kubeconfigLines)('%s', async (...line) => expectResult(operator, line));
  test.each(contentLines)('%s', async (...line) => expectResult(operator, line));

  test('gets credentials with a one-time code', async () => {
    const line = `echo ${await sandbox.passcode('alana')} | pks get-credentials dev-1 --sso`;
    await expectResult(operator, [line, credentialsText('dev-1')]);
  });

  test('keeps the users of two installations apart', async () => {
    const other = await startTestSandbox({ provisionSeconds: 0 });
    try {
      const { code, stdout } = await operator.shell(`
        set -e; echo $PW | pks get-credentials dev-1 > /dev/null
        TPKS_HOME=$PWD/other TPKS_UAA_URL=${other.uaa} pks get-kubeconfig dev-2 \\
          -a ${other.api} -u alana -p $PW --ca-cert ${other.caCert} > /dev/null
        awk '/^    user:/ {print $2}' .kube/config`);
      expect([code, stdout]).toEqual([0, `alana\nalana@${new URL(other.api).host}\n`]);
    } finally {
      await other.close();
    }
  });

  describeIfPart('kubectl', 'with kubectl', () => {
    test.each(kubectlLines)('%s', async (...line) => expectResult(operator, line));

    describe('for clusters without OpenID Connect', () => {
      let tokens: TestSandbox;
      let tokenOperator: ShellUser;
      beforeAll(async () => {
        tokens = await startTestSandbox({ provisionSeconds: 0, kubeAuth: 'token' });
        tokenOperator = await createOperator(tokens);
      });
      afterAll(() => tokens.close());
      beforeEach(() => {
        removeKubeconfig(tokenOperator);
      });

      const tokenLines: readonly ShellLine[] = [
        // Each cluster accepts only its own tokens.
        [
          'for c in dev-1 dev-2; do tkgi get-credentials $c > /dev/null; done; for c in dev-1 dev-2; do kubectl --context $c get ns -o name | head -1; done',
          'namespace/default\nnamespace/default\n',
        ],
        // The account of a user is reused.
        [
          'for i in 1 2; do pks get-credentials dev-1 > /dev/null; done; kubectl config view -o json | jq ".users | length"',
          '1\n',
        ],
        [
          'pks login -a "$API" --client-name admin --client-secret adminsecret --ca-cert "$CA" > /dev/null 2>&1; pks get-credentials dev-3 | grep ^Context; kubectl get nodes | grep -c Ready',
          'Context set for cluster dev-3.\n1\n',
        ],
      ];
      test.each(tokenLines)('%s', async (...line) => expectResult(tokenOperator, line));
    });
  });
});

describeIfPart('pty', 'a program that answers the prompt', () => {
  const start = async (words: readonly string[]) => {
    const user = createUser();
    await sandbox.login(user, 'alana');
    return user.atTerminal(words, { TPKS_STORE: 'file' }, user.link('tkgi'));
  };

  const finish = async (words: readonly string[]) => {
    const terminal = await start(words);
    await terminal.waitFor('Password');
    // `send "$1\n"` of expect sends no carriage return.
    terminal.type('alana-password\n');
    expect(await terminal.exited).toBe(0);
    return stripVTControlCharacters(terminal.screen()).replaceAll('\r', '');
  };

  test('gets credentials', async () => {
    expect(await finish(['get-credentials', 'dev-1'])).toBe(
      credentialsText('dev-1', `Password: ${'*'.repeat('alana-password'.length)}\n`),
    );
  });

  test('gets a kubeconfig, and sees the prompt first', async () => {
    const words = ['get-kubeconfig', 'dev-1', ...sandbox.loginOptions, '-u', 'alana'];
    expect(await finish(words)).toBe(
      `Password: ${'*'.repeat('alana-password'.length)}\n${kubeconfigText}`,
    );
  });
});
