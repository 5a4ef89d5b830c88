/**
 * `npm run demo`: shows the main tasks of tpks with the sandbox, step by step, with the commands that a
 * user would type. The demo is also a test: it checks the results, and exits with 1 if a check fails.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  end,
  env,
  expect,
  explain,
  folder,
  print,
  printCommand,
  printStyled,
  run,
  startSandbox,
} from './demo-commands.mjs';
import { log, showRequests } from './demo-requests.mjs';

/** Long enough for a login and two commands, short enough to wait for the expiry. */
const tokenSeconds = 5;

const startedAt = Date.now();
try {
  await runDemo();
  await end(0);
} catch (error) {
  await end(1, error instanceof Error ? error.message : String(error));
}

async function runDemo() {
  printHeading('A sandbox: a UAA, a PKS API, its broker and clusters, on this machine');
  const sandbox = await startSandbox(`--token-seconds ${tokenSeconds} --log ${log}`);
  const [api, uaa] = [new URL(sandbox.api).host, new URL(sandbox.uaa).host];
  const ca = relative(folder, resolve(folder, sandbox.caCert));
  const installation = `-a ${api} --uaa-url ${uaa} --ca-cert ${ca}`;
  const users = sandbox.users.map(({ name }) => name).join(', ');
  print(`  API ${sandbox.api}`, `  UAA ${sandbox.uaa}`, `  users ${users}`);

  printHeading('1  An operator targets the UAA and gets an admin token');
  explain('The CA certificate is needed only once, because tpks stores it with the target.');
  await run(`tpks uaa target ${uaa} --ca-cert ${ca}`);
  showRequests();
  explain('The secret comes from a pipe, so it does not appear in the list of processes.');
  await getAdminToken();
  showRequests();

  printHeading('2  The operator creates a user and grants access to clusters');
  explain('The password also comes from a pipe. On a terminal, tpks prompts for it.');
  const password = { stdin: 'erin-password' };
  await run('tpks uaa user add erin --emails erin@example.com --password-stdin', password);
  explain('manage: create and change your own clusters. admin.read: see all clusters.');
  await run('tpks uaa member add pks.clusters.manage erin');
  await run('tpks uaa member add pks.clusters.admin.read erin');
  showRequests();

  printHeading('3  Erin logs in');
  explain('tpks gets a token from the UAA and checks that the API accepts it.');
  const login = `tpks login ${installation} -u erin --password-stdin --name demo-erin`;
  const { stdout: loginOutput } = await run(login, password);
  expect(loginOutput.includes('Login successful.'), 'the login reports success');
  showRequests();
  explain('The current installation now has two identities: one for clusters, one for the UAA.');
  const { stdout: status } = await run('tpks status --offline');
  expect(/^PKS commands: +demo-erin$/m.test(status), 'erin lists clusters');
  expect(/^tpks uaa: +demo-admin$/m.test(status), 'the administrator changes the UAA');

  printHeading('4  Erin lists the clusters');
  explain('tpks sends one request. The API checks the token with the UAA.');
  expectFiveClusters(await run('tpks clusters'));
  showRequests();
  await run('tpks cluster prod-1');
  showRequests();
  explain('A cluster that she may not see is reported as not found. The exit code is 1.');
  await run('tpks cluster no-such-cluster', { exitCodes: [1] });
  showRequests();

  printHeading('5  Later: her access token has expired');
  explain(
    `Access tokens last ${tokenSeconds} s in this sandbox (10 min in PKS).`,
    'Waiting until it expires...',
  );
  await sleep(tokenSeconds * 1000 + 200);
  explain('No new login is needed. Three commands run at the same time and share one new token.');
  const commands = ['clusters', 'clusters', 'clusters'];
  const results = await Promise.all(commands.map((name) => run(`tpks ${name}`, { isQuiet: true })));
  results.forEach(expectFiveClusters);
  print('  5 clusters, 5 clusters, 5 clusters');
  const refreshes = showRequests().filter(({ grant }) => grant === 'refresh_token').length;
  expect(refreshes === 1, `the token is renewed once (it was renewed ${refreshes} times)`);

  printHeading('6  A CI job logs in with its own identity, without a stored secret');
  const idToken = await trustCiJob(sandbox.uaa);
  await runCiJob(
    { TPKS_API: api, TPKS_UAA_URL: uaa, TPKS_CA_CERT: ca, TPKS_CI_LOGIN: '1' },
    idToken,
  );

  printHeading('7  Shell completion');
  explain(
    'Pressing TAB completes cluster names from the last list.',
    'Set it up with: source <(tpks completion bash)',
  );
  const shownAs = 'tpks cluster <TAB>';
  const { stdout } = await run('tpks __complete -- cluster ', { shownAs, isQuiet: true });
  // Without the directive for the shell script.
  const names = stdout.split('\n').filter((line) => /^\w/.test(line));
  print(...names);
  expect(names.includes('prod-1'), 'the completion offers the clusters');

  printHeading('8  Cody uses kubectl with his cluster');
  await useKubectl(installation);

  printHeading('9  Log out');
  explain('tpks deletes all sessions. Tokens that the UAA cannot revoke expire on their own.');
  await run('tpks logout --all');
  await checkNoCredentialsLeft();
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  printStyled('green', '', `The demo succeeded (${seconds} s).`);
  print('Try it yourself: install tpks (see README.md), and run: tpks sandbox --dir sandbox');
}

/** @param {string} title */
function printHeading(title) {
  print('');
  printStyled('bold', title);
  print('');
}

/** Stores the secret in the keychain, or in a file if no keychain is available. */
async function getAdminToken() {
  const command = 'tpks uaa token client get admin --secret-file - --save-secret --name demo-admin';
  const { code } = await run(command, { stdin: 'adminsecret', exitCodes: [0, 7] });
  if (code === 0) {
    explain("The session is encrypted. Its key is in this machine's keychain.");
    return;
  }
  explain(
    'No keychain is available here. tpks has sent no request, and does not use a file without',
    'an explicit choice. The demo selects a key file with mode 0600: TPKS_STORE=file.',
  );
  env.TPKS_STORE = 'file';
  await run(command, { stdin: 'adminsecret' });
}

/** @param {{ stdout: string }} result - of `tpks clusters`. */
function expectFiveClusters({ stdout }) {
  const ids = stdout.match(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g) ?? [];
  expect(ids.length === 5, 'erin sees the five clusters of the sandbox');
}

/**
 * Trusts the jobs of a CI system.
 *
 * @param {string} audience - the URL of the UAA.
 * @returns the ID token that the CI system gives a job.
 */
async function trustCiJob(audience) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(join(folder, 'ci-key.pem'), key);
  explain(
    'CI systems give each job an ID token that contains its repository. The administrator trusts',
    'the jobs of one environment. The key is needed because this CI system exists only in the demo.',
  );
  await run(
    'tpks uaa trust add deploy --github example/deploy --environment prod' +
      ' --issuer https://ci.example.com --token-key ci-key.pem --scope pks.clusters.admin --yes',
  );
  showRequests();
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://ci.example.com',
    sub: 'repo:example/deploy:environment:prod',
    aud: audience,
    exp: seconds + 300,
  };
  const content = [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(content), privateKey).toString('base64url');
  return `${content}.${signature}`;
}

/**
 * @param {Record<string, string>} variables
 * @param {string} idToken
 */
async function runCiJob(variables, idToken) {
  const home = join(folder, 'ci-home');
  await mkdir(home, { mode: 0o500 });
  explain('The job needs no login, keychain or writable home directory. It only sets variables.');
  for (const [name, value] of Object.entries(variables)) printCommand(`export ${name}=${value}`);
  printCommand('export TPKS_ID_TOKEN=...   # set by the CI system');
  const ciEnv = {
    ...{ PATH: env['PATH'], HOME: home, TPKS_HOME: join(home, 'tpks'), TPKS_ID_TOKEN: idToken },
    ...variables,
  };
  const token = await run('tpks token --decode', { env: ciEnv });
  expect(token.stdout.includes('pks.clusters.admin'), 'the job has its scope');
  showRequests();
  const list = await run('tpks clusters -o name', { env: ciEnv });
  expect(list.stdout.trim().split('\n').length === 5, 'the job sees five clusters');
  showRequests();
  expect((await readdir(home)).length === 0, 'the job has written nothing to its home directory');
  explain('Its home directory is still empty.');
}

/**
 * Gets credentials for a cluster, and lists its nodes with kubectl. If kubectl is not installed, shows
 * the user entry of the kubeconfig.
 *
 * @param {string} installation - the options of `tpks login`.
 */
async function useKubectl(installation) {
  const password = { stdin: 'cody-password' };
  await run(`tpks login ${installation} -u cody --password-stdin --name demo-cody`, password);
  explain('Clusters do not accept tokens for the API, so tpks needs the password again.');
  env['KUBECONFIG'] = join(folder, 'kubeconfig');
  printCommand('export KUBECONFIG=kubeconfig');
  await run('tpks get-credentials dev-1', password);
  showRequests();
  const kubeconfig = readFileSync(env['KUBECONFIG'], 'utf8');
  expect(kubeconfig.includes('kube-credential'), 'kubectl gets its tokens from tpks');
  expect(!kubeconfig.includes('eyJ'), 'the kubeconfig contains no token');
  explain('The kubeconfig contains no secrets. kubectl runs tpks to get a token.');
  if (spawnSync('kubectl', ['version', '--client']).error) {
    explain('kubectl is not installed here. It would use this entry:');
    print(/^users:\n(?:[ -].*\n)*/m.exec(kubeconfig)?.[0] ?? '');
    return;
  }
  // The default cache is in the home directory, where the demo must not create files.
  const command = 'kubectl get nodes --cache-dir kubectl-cache';
  const { stdout } = await run(command, { shownAs: 'kubectl get nodes' });
  expect(stdout.includes('Ready'), 'kubectl shows the node of the cluster');
  showRequests();
  explain('tpks each runs the command for all his clusters in parallel.');
  const all = await run(`tpks each -- ${command}`, { shownAs: 'tpks each -- kubectl get nodes' });
  expect(/^dev-1 \| .*Ready/m.test(all.stdout), 'each line begins with the name of the cluster');
}

async function checkNoCredentialsLeft() {
  const names = await readdir(env.TPKS_HOME, { recursive: true });
  const files = names.filter((name) => /^(sessions|keys)[\\/]/.test(name));
  expect(files.length === 0, `no session is left (${files.join(', ')})`);
  const config = readFileSync(join(env.TPKS_HOME, 'config.json'), 'utf8');
  expect(!config.includes('eyJ'), 'no token is left');
}
