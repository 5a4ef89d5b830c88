import { describe, expect, test } from '@jest/globals';
import { createUser } from '../../support/program/cli.js';

const user = createUser();

/** The command in the hint of a failed line; `undefined` without a suggestion. */
async function suggestionFor(line: string): Promise<string | undefined> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  );
  const { code, stdout, stderr } = await user.tpks(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return /^Hint: did you mean: (.*)$/m.exec(stderr)?.[1];
}

describe('words that are joined by dashes in a command', () => {
  test.each([
    ['delete cluster web', 'tpks delete-cluster web'],
    ['create cluster web -e web.test -p small', 'tpks create-cluster web'],
    ['upgrade cluster web --wait', 'tpks upgrade-cluster web'],
    ['delete clusters web', 'tpks delete-cluster web'],
    ['del cluster web', 'tpks delete-cluster web'],
    ['get credentials web', 'tpks get-credentials web'],
    ['cancel task 5', 'tpks cancel-task 5'],
    ['delete k8s-profile old', 'tpks delete-kubernetes-profile old'],
    ['resize-cluster web -n 3', 'tpks resize web'],
    ['resize cluster web -n 3', 'tpks resize web'],
    ['wait cluster web', 'tpks wait web'],
    ['scale-cluster web 3', 'tpks resize web'],
    ['delete-clustr web', 'tpks delete-cluster web'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a verb and a noun', () => {
  test.each([
    ['list clusters -o wide', 'tpks clusters'],
    ['clusters list', 'tpks clusters'],
    ['cluster get dev-1', 'tpks cluster show dev-1'],
    ['cluster delet dev-1', 'tpks cluster delete dev-1'],
    ['quota rm cody', 'tpks quota delete cody'],
    ['uaa user ls', 'tpks uaa user list'],
    ['plan', 'tpks plans'],
    ['use-context x', 'tpks context use x'],
    ['context cody@a', 'tpks context use cody@a'],
    ['get clusters', 'tpks clusters'],
    ['get cluster web', 'tpks cluster web'],
    ['get clusters web', 'tpks cluster web'],
    ['describe cluster web --details', 'tpks cluster web'],
    ['show cluster web', 'tpks cluster web'],
    ['plan list', 'tpks plans'],
    ['list network-profile', 'tpks network-profiles'],
    ['list users', 'tpks uaa users'],
    ['uaa list users', 'tpks uaa users'],
    ['delete user erin', 'tpks uaa user delete erin'],
    ['uaa user remove erin', 'tpks uaa user delete erin'],
    ['delete context old', 'tpks context delete old'],
    ['kubeconfig rm web', 'tpks kubeconfig remove web'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });

  test.each([
    ['get', 'tpks clusters'],
    ['describe web', 'tpks cluster web'],
    ['create web -e web.test -p small', 'tpks create-cluster web'],
    ['rm web', 'tpks delete-cluster web'],
    ['upgrade web', 'tpks upgrade-cluster web'],
  ])('without a known noun means a cluster: "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a word of kubectl, gh or cf', () => {
  test.each([
    ['scale web -n 3', 'tpks resize web'],
    ['whoami', 'tpks status'],
    ['auth', 'tpks login'],
    ['auth status', 'tpks status'],
    ['api /v1/clusters', 'tpks curl /v1/clusters'],
    ['api api.example.com', 'tpks login -a api.example.com'],
    ['version', 'tpks --version'],
    ['config use-context cody@a', 'tpks context use cody@a'],
    ['apply -f access.yml', 'tpks uaa apply'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a misspelled command', () => {
  test.each([
    ['clustesr --json=false', 'tpks clusters'],
    ['delet-cluster web', 'tpks delete-cluster web'],
    ['uaa usr get erin', 'tpks uaa user get erin'],
    ['cluters --help', 'tpks clusters'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('the arguments of the suggested command', () => {
  test('are quoted for the shell', async () => {
    expect(await suggestionFor("get cluster 'we b'")).toBe("tpks cluster 'we b'");
  });

  test.each([
    ['get clusters web extra --details', 'tpks cluster web'],
    ['--context a delete --non-interactive cluster web', 'tpks delete-cluster web'],
    ['delete cluster --wait web', 'tpks delete-cluster'],
    ['delete cluster --nosuch 5 web', 'tpks delete-cluster'],
  ])('are those that it accepts, up to the first option: "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });

  test.each([
    ['auth login -u cody -p s3cret', 'tpks login'],
    ['auth s3cret', 'tpks login'],
    ['add user erin -p s3cret', 'tpks uaa user add erin'],
    ['password strength s3cret', 'tpks uaa password strength'],
    ['decode token s3cret', 'tpks uaa token decode'],
    ['api https://u:s3cret@h.example.com', 'tpks login'],
    ['api u:s3cret@h.example.com', 'tpks login'],
    ['logn -a https://u:s3cret@h', 'tpks login'],
    ['uaa trget https://u:s3cret@h', 'tpks uaa target'],
  ])('contain no secrets: "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a verb of a resource of the UAA', () => {
  test.each([
    ['delete-user joe', 'tpks uaa user delete joe'],
    ['delete-group g', 'tpks uaa group delete g'],
    ['update-user joe', 'tpks uaa user update joe'],
    ['create-user joe', 'tpks uaa user add joe'],
    ['list-users', 'tpks uaa users'],
    ['uaa get user joe', 'tpks uaa user get joe'],
    ['uaa user upd joe', 'tpks uaa user update joe'],
  ])('selects no command for another resource: "%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

test.each([
  ...['nosuch', 'clusters extra', 'uaa user nosuch', 'cluster a b'],
  ...['run', 'k8s', 'ps', 'lz', 'ad', 'get nodes', 'get-nodes', 'delete foo joe', 'remote web'],
  'delete-cluster web extra',
])('nothing is suggested for "%s"', async (line) => {
  expect(await suggestionFor(line)).toBeUndefined();
});

test('the suggestion is part of a JSON error', async () => {
  const { stderr } = await user.tpks(['delete', 'cluster', 'web', '--json']);
  expect(JSON.parse(stderr)).toMatchObject({
    error: {
      code: 'usage',
      message: "unknown command 'delete'",
      hint: 'did you mean: tpks delete-cluster web\ntpks --help',
    },
  });
});

test('an unknown command is named even if an option follows it', async () => {
  const { stderr } = await user.tpks(['nosuch', '--wait', '-o', 'yaml']);
  expect(stderr).toBe("\nError: unknown command 'nosuch'\nHint: tpks --help\n");
});

test('a link suggests a command line with its own name', async () => {
  const { stderr } = await user.tpks(['delete', 'cluster', 'web'], { programName: 'pks' });
  expect(stderr).toContain('\nHint: did you mean: pks delete-cluster web\n');
});
