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
    ['create cluster web -e web.test -p small', 'tpks create-cluster web -e web.test -p small'],
    ['upgrade cluster web --wait', 'tpks upgrade-cluster web --wait'],
    ['delete clusters web', 'tpks delete-cluster web'],
    ['get credentials web', 'tpks get-credentials web'],
    ['cancel task 5', 'tpks cancel-task 5'],
    ['delete k8s-profile old', 'tpks delete-kubernetes-profile old'],
    ['resize-cluster web -n 3', 'tpks resize web -n 3'],
    ['resize cluster web -n 3', 'tpks resize web -n 3'],
    ['wait cluster web', 'tpks wait web'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a verb and a noun', () => {
  test.each([
    ['list clusters -o wide', 'tpks clusters -o wide'],
    ['get clusters', 'tpks clusters'],
    ['get cluster web', 'tpks cluster web'],
    ['get clusters web', 'tpks cluster web'],
    ['describe cluster web --details', 'tpks cluster web --details'],
    ['show cluster web', 'tpks cluster web'],
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
    ['create web -e web.test -p small', 'tpks create-cluster web -e web.test -p small'],
    ['rm web', 'tpks delete-cluster web'],
    ['upgrade web', 'tpks upgrade-cluster web'],
  ])('without a known noun means a cluster: "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a word of kubectl, gh or cf', () => {
  test.each([
    ['scale web -n 3', 'tpks resize web -n 3'],
    ['whoami', 'tpks status'],
    ['auth', 'tpks login'],
    ['auth status', 'tpks status'],
    ['api /v1/clusters', 'tpks curl /v1/clusters'],
    ['api api.example.com', 'tpks login -a api.example.com'],
    ['version', 'tpks --version'],
    ['config use-context cody@a', 'tpks context use cody@a'],
    ['apply -f access.yml', 'tpks uaa apply -f access.yml'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('a misspelled command', () => {
  test.each([
    ['clustesr --json=false', 'tpks clusters'],
    ['delet-cluster web', 'tpks delete-cluster web'],
    ['delet cluster web', 'tpks delete-cluster web'],
    ['uaa usr get erin', 'tpks uaa user get erin'],
    ['cluters --help', 'tpks clusters --help'],
  ])('"%s" means "%s"', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

describe('the other words of the line', () => {
  test('are quoted for the shell', async () => {
    expect(await suggestionFor("get cluster 'we b' --context 'a b'")).toBe(
      "tpks cluster 'we b' --context 'a b'",
    );
  });

  test('can be before and between the words of the command', async () => {
    expect(await suggestionFor('--context a delete --wait cluster web')).toBe(
      'tpks delete-cluster --context a --wait web',
    );
  });

  test('are omitted if the command does not accept them', async () => {
    expect(await suggestionFor('get clusters web extra --nosuch 5 --details')).toBe(
      'tpks cluster web --details',
    );
  });

  test.each([
    'auth login -u cody -p s3cret',
    'auth login -u cody -ps3cret',
    'auth login -u cody --password s3cret',
    'auth login -u cody --password=s3cret',
    'auth login -u cody --client-secret s3cret --sso-passcode s3cret',
    'auth -u cody s3cret',
  ])('are omitted if they are secret: %s', async (line) => {
    expect(await suggestionFor(line)).toBe('tpks login -u cody');
  });

  test.each([
    ['add user erin -p s3cret', 'tpks uaa user add erin'],
    ['create client ci -s s3cret --scope a', 'tpks uaa client add ci --scope a'],
    ['password strength s3cret', 'tpks uaa password strength'],
    ['decode token s3cret', 'tpks uaa token decode'],
    ["api /info -H 'Authorization: bearer s3cret'", 'tpks curl /info'],
  ])('are omitted if they are secret: %s', async (line, expected) => {
    expect(await suggestionFor(line)).toBe(expected);
  });
});

test.each(['nosuch', 'context nosuch', 'clusters extra', 'uaa user nosuch', 'cluster a b'])(
  'nothing is suggested for "%s"',
  async (line) => {
    expect(await suggestionFor(line)).toBeUndefined();
  },
);

test('the suggestion is part of a JSON error', async () => {
  const { stderr } = await user.tpks(['delete', 'cluster', 'web', '--json']);
  expect(JSON.parse(stderr)).toMatchObject({
    error: {
      code: 'usage',
      message: "unknown command 'delete'",
      hint: 'did you mean: tpks delete-cluster web --json\ntpks --help',
    },
  });
});

test('an unknown command is named even if an option follows it', async () => {
  const { stderr } = await user.tpks(['nosuch', '--wait', '-o', 'yaml']);
  expect(stderr).toBe("\nError: unknown command 'nosuch'\nHint: tpks --help\n");
});

test('a link suggests no command line', async () => {
  const { stderr } = await user.tpks(['delete', 'cluster', 'web'], { programName: 'pks' });
  expect(stderr).toBe("\nError: unknown command 'delete'\nHint: pks --help\n");
});
