import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { findBlockProblems } from '../support/guides/code-blocks.js';
import { runGuide } from '../support/guides/guide-run.js';
import { createUser } from '../support/program/cli.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => `docs/${name}`),
];

/** Creates the client that the guides use in CI. */
const client = `(
export TPKS_HOME=$HOME/admin
tpks uaa target api.example.com:8443 --ca-cert ca.pem
tpks uaa token client get admin -s adminsecret
tpks uaa client add ci --authorized_grant_types client_credentials --authorities pks.clusters.admin -s ci-secret
)`;

/** The sessions that most guides assume. */
const loggedIn = `
tpks login -a api.example.com -u alana -p alana-password --ca-cert ca.pem
tpks uaa target api.example.com:8443
tpks uaa token client get admin -s adminsecret
`;

/** Creates a password manager that prints a secret. */
const passwordManager = (name: string, secret: string) =>
  `printf '#!/bin/sh\\necho ${secret}\\n' > bin/${name} && chmod +x bin/${name}`;

/** What to run before the commands of a page, instead of `loggedIn`. */
const preparations: Readonly<Record<string, string>> = {
  'README.md': '',
  'docs/access-review.md': loggedIn,
  'docs/ci.md': 'tpks login -a api.example.com -u alana -p alana-password --ca-cert ca.pem',
  'docs/environment.md': `${client}\n${loggedIn}\n${passwordManager('vault', 'ci-secret')}`,
  'docs/login.md': `${client}\n${loggedIn}\n${passwordManager('pass', 'alana-password')}`,
  'docs/sandbox-reference.md':
    'tpks login -a api.example.com -u cody -p cody-password --ca-cert ca.pem',
  'docs/sandbox.md': 'mkdir sandbox && cp ca.pem sandbox/',
  'docs/from-pks.md': `(
export TPKS_HOME=$HOME/other
tpks login -a api.example.com -u alana -p alana-password --ca-cert ca.pem --write-creds
)`,
};

/** Files that guides use. */
const files = {
  'ci.secret': 'ci-secret',
  'admin.secret': 'adminsecret',
  'alana.password': 'alana-password',
};

let sandbox: TestSandbox | undefined;
afterEach(() => sandbox?.close());

test.each(pages)('the blocks of %s run in a test, or say why they do not', (page) => {
  expect(findBlockProblems(page, readFileSync(page, 'utf8'))).toEqual([]);
});

const nodeOnly = createNodeOnly('the commands must reach the sandbox at the default ports');

/** Longer than `runGuide` takes at most, so that its error is shown. */
const timeLimit = 60_000;

async function run(
  markdown: string,
  preparation: string,
  hasReviewData = false,
): Promise<readonly string[]> {
  sandbox = await startTestSandbox({ provisionSeconds: 0, hasReviewData });
  const user = createUser();
  for (const [name, content] of Object.entries({ ...files, 'ca.pem': sandbox.caPem })) {
    writeFileSync(join(dirname(user.home), name), content, { mode: 0o600 });
  }
  return runGuide({ user, sandbox, markdown, preparation });
}

describeIfPart('pty', 'the commands of a guide', () => {
  describeIfPart('kubectl', 'with kubectl', () => {
    describeIfPart('jq', 'and jq', () => {
      nodeOnly.test.each(pages)(
        '%s',
        async (page) => {
          const preparation = preparations[page] ?? `${client}\n${loggedIn}`;
          const hasReviewData = page === 'docs/access-review.md';
          const problems = await run(readFileSync(page, 'utf8'), preparation, hasReviewData);
          expect(problems).toEqual([]);
        },
        timeLimit,
      );
    });
  });
});
