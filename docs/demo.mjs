/**
 * `npm run demo`: shows the main tasks of tpks against the sandbox, step by step, with the commands
 * that a user would type. It checks the results, so it is also a test: it exits with 1 if a check
 * fails.
 */
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, hostOf } from './demo-checks.mjs';
import { base, env, folder, log, startCommand, startSandbox, tpks } from './demo-commands.mjs';
import { end, stopOnSignals } from './demo-end.mjs';
import { useKubectl } from './demo-kubectl.mjs';
import { bold, explain, green, print, printHeading, red } from './demo-output.mjs';
import { createRequestReader, findDifference, printRequests } from './demo-requests.mjs';

/** Long enough for a login and two commands, short enough to wait for the expiry. */
const tokenSeconds = 5;

const readRequests = createRequestReader(log);

stopOnSignals();
try {
  await runDemo();
  await end({ code: 0 });
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  await end({ code: 1, message: red(`The demo failed: ${reason}`) });
}

async function runDemo() {
  const startedAt = Date.now();
  printHeading('A sandbox: a UAA, a PKS API, its broker and clusters, on this machine');
  const sandbox = await startSandbox(tokenSeconds);
  const { api, uaa } = sandbox;
  const ca = relative(folder, resolve(folder, sandbox.caCert));

  printHeading('1  An operator targets the UAA and gets an admin token');
  explain('The CA certificate is given once. tpks stores it with the target.');
  await tpks(`uaa target ${hostOf(uaa)} --ca-cert ${ca}`);
  showRequests([['tpks', 'UAA', 'GET', '/info']]);
  explain('The secret comes from a pipe, so it does not appear in the list of processes.');
  const adminLogin = 'uaa token client get admin --secret-file - --save-secret --name demo-admin';
  await runWithAvailableStore(adminLogin, 'adminsecret');
  showRequests([['tpks', 'UAA', 'POST', '/oauth/token', 'client_credentials']]);

  printHeading('2  The operator creates a user and grants access to clusters');
  explain('The password comes from a pipe, too. On a terminal, tpks prompts for it.');
  await tpks('uaa user add erin --emails erin@example.com --password-stdin', {
    stdin: 'erin-password',
  });
  explain("manage: create and change one's own clusters. admin.read: see all clusters.");
  await tpks('uaa member add pks.clusters.manage erin');
  await tpks('uaa member add pks.clusters.admin.read erin');
  showRequests();

  printHeading('3  Erin logs in');
  explain('tpks gets a token from the UAA and checks that the API accepts it.');
  const loginStartedAt = Date.now();
  const login = await tpks(
    `login -a ${hostOf(api)} --uaa-url ${hostOf(uaa)} --ca-cert ${ca} -u erin --password-stdin --name demo-erin`,
    { stdin: 'erin-password' },
  );
  const tokenEndsAt = Date.now() + tokenSeconds * 1000;
  expect(/^User: erin$/m.test(login.stdout), 'the login prints the user');
  expect(login.stdout.includes('Login successful.'), 'the login reports success');
  showRequests([
    ['tpks', 'UAA', 'POST', '/oauth/token', 'password'],
    ['tpks', 'API', 'HEAD', '/actuator/info'],
    ['API', 'UAA', 'POST', '/check_token'],
  ]);
  explain('There is one current installation, with an identity for each kind of command.');
  const status = await tpks('status --offline');
  expect(/^PKS commands: +demo-erin$/m.test(status.stdout), 'erin lists clusters');
  expect(/^tpks uaa: +demo-admin$/m.test(status.stdout), 'the administrator changes the UAA');

  printHeading('4  Erin lists the clusters');
  explain('tpks sends one request. The API checks the token with the UAA.');
  const names = clusterNames(await tpks('clusters'));
  expect(names.length === 5, 'erin sees the five clusters of the sandbox');
  // On a busy machine, the token is renewed before the list is complete.
  const isFresh = Date.now() < loginStartedAt + tokenSeconds * 800;
  showRequests(
    isFresh
      ? [
          ['tpks', 'API', 'GET', '/v1/clusters'],
          ['API', 'UAA', 'POST', '/check_token'],
        ]
      : undefined,
  );
  const name = String(names[0]);
  const details = await tpks(`cluster ${name}`);
  expect(details.stdout.includes(`Name:                     ${name}`), 'the cluster is shown');
  showRequests();
  explain('A cluster that she may not see is reported as not found. The exit code is 1.');
  await tpks('cluster no-such-cluster', { exitCodes: [1] });
  showRequests();

  printHeading('5  Later: her access token has expired');
  explain(
    `Access tokens last ${tokenSeconds} s in this sandbox (10 min in PKS).`,
    'Waiting until it expires...',
  );
  await sleep(Math.max(0, tokenEndsAt + 200 - Date.now()));
  explain('No new login is needed. Three commands run at the same time and share one new token.');
  const commands = ['clusters', 'clusters', 'clusters'];
  const results = await Promise.all(commands.map((each) => tpks(each, { isQuiet: true })));
  expect(
    results.every((result) => clusterNames(result).length === 5),
    'each command shows five clusters',
  );
  print('  5 clusters, 5 clusters, 5 clusters');
  const refreshes = showRequests().filter(({ grant }) => grant === 'refresh_token').length;
  expect(refreshes === 1, `the token is renewed once (it was renewed ${refreshes} times)`);

  printHeading('6  A CI job without a terminal, a keychain or a writable home directory');
  await runCiJob({ api, uaa, ca });

  printHeading('7  Shell completion');
  explain(
    'Pressing TAB completes cluster names from the last list.',
    'Set it up with: source <(tpks completion bash)',
  );
  const completion = await tpks('cluster ', { isCompletion: true });
  expect(
    names.every((each) => completion.stdout.split('\n').includes(each)),
    'the completion offers the clusters',
  );

  printHeading('8  Cody uses kubectl with his cluster');
  await useKubectl({ api, uaa, ca }, showRequests);

  printHeading('9  Log out');
  explain('tpks deletes all sessions. Tokens that the UAA cannot revoke expire on their own.');
  await tpks('logout --all');
  await checkNoCredentialsLeft();
  print('', green(`The demo succeeded (${Math.round((Date.now() - startedAt) / 1000)} s).`));
  print(`Try it yourself: ${startCommand} sandbox`);
}

/**
 * Runs a command that stores a secret in the keychain, or in a file if no keychain is available.
 *
 * @param {string} command
 * @param {string} secret
 */
async function runWithAvailableStore(command, secret) {
  const { code } = await tpks(command, { stdin: secret, exitCodes: [0, 7] });
  if (code === 0) {
    explain("The session is encrypted. Its key is in this machine's keychain.");
    return;
  }
  explain(
    'No keychain is available here. tpks never falls back silently: it sent nothing.',
    'The demo selects a key file with mode 0600 instead: TPKS_STORE=file.',
  );
  env.TPKS_STORE = 'file';
  await tpks(command, { stdin: secret });
}

/** @param {{ api: string, uaa: string, ca: string }} sandbox */
async function runCiJob({ api, uaa, ca }) {
  const home = join(folder, 'ci-home');
  await mkdir(home, { mode: 0o500 });
  await writeFile(join(folder, 'ci.secret'), 'adminsecret\n', { mode: 0o600 });
  const variables = {
    TPKS_API: hostOf(api),
    TPKS_UAA_URL: hostOf(uaa),
    TPKS_CA_CERT: ca,
    TPKS_CLIENT_NAME: 'admin',
    TPKS_CLIENT_SECRET_FILE: 'ci.secret',
  };
  explain('The address and the credentials are in the environment. No login is needed.');
  for (const [name, value] of Object.entries(variables)) print(bold(`$ export ${name}=${value}`));
  const ciEnv = { PATH: base.PATH, HOME: home, TPKS_HOME: join(home, 'tpks'), ...variables };
  const token = await tpks('token --decode', { env: ciEnv });
  expect(token.stdout.includes('pks.clusters.admin'), 'the admin token has its scopes');
  showRequests();
  const list = await tpks('clusters --json', {
    env: ciEnv,
    filter: { command: 'jq -r .[].name', apply: selectNames },
  });
  expect(selectNames(list.stdout).trim().split('\n').length === 5, 'the job sees five clusters');
  showRequests();
  expect((await readdir(home)).length === 0, 'the job has written nothing to its home directory');
  explain('Its home directory is still empty.');
}

/** @param {string} json */
function selectNames(json) {
  const clusters = /** @type {{ name: string }[]} */ (JSON.parse(json));
  return clusters.map(({ name }) => `${name}\n`).join('');
}

async function checkNoCredentialsLeft() {
  const names = await readdir(env.TPKS_HOME, { recursive: true });
  const files = names.filter((name) => /^(sessions|keys)[\\/]/.test(name));
  expect(files.length === 0, `no session is left (${files.join(', ')})`);
  const config = readFileSync(join(env.TPKS_HOME, 'config.json'), 'utf8');
  expect(!config.includes('eyJ'), 'no token is left');
}

/**
 * Prints the requests that were sent since the last call.
 *
 * @param {import('./demo-requests.mjs').ExpectedRequest[]} [expected] - not checked if undefined.
 */
function showRequests(expected) {
  const requests = readRequests();
  printRequests(requests);
  const difference = expected && findDifference(requests, expected);
  if (difference !== undefined) throw new Error(difference);
  return requests;
}

/** @param {import('./demo-commands.mjs').CommandResult} result - of `tpks clusters`. */
function clusterNames({ stdout }) {
  const rows = stdout.replaceAll(/\x1b\[\d+m/g, '').split('\n');
  const header = rows.findIndex((row) => row.startsWith('PKS Version'));
  const start = rows[header]?.indexOf('Name') ?? 0;
  return rows
    .slice(header + 1)
    .map((row) => row.slice(start).split(' ')[0] ?? '')
    .filter((name) => name !== '');
}
