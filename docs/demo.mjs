// `npm run demo`: the main job on the sandbox, step by step, by the program as a user calls it.
// It checks what it shows, so it is a test as well: exit code 1 says what was not as it should be.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/tpks.js', import.meta.url));
/** Long enough for a login and two commands, short enough to wait for its end. */
const tokenSeconds = 5;

const isPainted = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code) => (text) => (isPainted ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, green, red] = ['1', '2', '32', '31'].map(paint);

const folder = await mkdtemp(join(tmpdir(), 'tpks-demo-'));
const log = join(folder, 'requests.jsonl');
/** Nothing of the machine's own settings takes part, but for the way to its keychain. */
const base = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(TPKS_|PKS_|HTTPS?_PROXY$|NODE_EXTRA_CA_CERTS$|SSL_CERT_)/i.test(name),
  ),
);
const env = { ...base, TPKS_HOME: join(folder, 'home') };

process.on('SIGINT', () => void cleanUp().then(() => process.exit(130)));
let sandbox;
/** Lines of the log that were shown. */
let seen = 0;
try {
  await demo();
} catch (error) {
  say('', red(`The demo failed: ${error.message}`));
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function demo() {
  const startedAt = Date.now();
  chapter('A sandbox: a UAA, a PKS API and its broker, on this machine');
  sandbox = await startSandbox();
  const { api, uaa } = sandbox;
  const ca = relative(folder, resolve(folder, sandbox.caCert));
  const at = (url) => new URL(url).host;

  chapter('1  An operator targets the UAA and gets the admin token');
  explain('The certificate authority is given once; the target keeps it.');
  await tpks(`uaa target ${at(uaa)} --ca-cert ${ca}`);
  wire([['tpks', 'UAA', 'GET', '/info']]);
  explain('The secret comes from a pipe, so that it is in no list of processes.');
  const adminLogin = 'uaa token client get admin --secret-file - --save-secret --name demo-admin';
  await withStoreThatWorks(adminLogin, 'adminsecret');
  wire([['tpks', 'UAA', 'POST', '/oauth/token', 'client_credentials']]);

  chapter('2  The operator makes a user and grants cluster access');
  explain('The password comes from a pipe too; at a terminal it would be asked for.');
  await tpks('uaa user add erin --emails erin@example.com --password-stdin', {
    stdin: 'erin-password',
  });
  explain('manage is for one’s own clusters; admin.read shows those of all, and changes none.');
  await tpks('uaa member add pks.clusters.manage erin');
  await tpks('uaa member add pks.clusters.admin.read erin');
  wire();

  chapter('3  Erin logs in');
  explain('Her token comes from the UAA; the API is asked whether it takes it.');
  const login = await tpks(
    `login -a ${at(api)} --uaa-url ${at(uaa)} --ca-cert ${ca} -u erin --password-stdin --name demo-erin`,
    { stdin: 'erin-password' },
  );
  const tokenEndsAt = Date.now() + tokenSeconds * 1000;
  expect(/^User: erin$/m.test(login.stdout), 'the login names erin');
  expect(/Login successful\./.test(login.stdout), 'the login says that it succeeded');
  wire([
    ['tpks', 'UAA', 'POST', '/oauth/token', 'password'],
    ['tpks', 'API', 'HEAD', '/actuator/info'],
    ['API', 'UAA', 'POST', '/check_token'],
  ]);

  chapter('4  She lists the clusters');
  explain('One request to the API. The API asks the UAA about the token, then the broker.');
  const names = clusterNames(await tpks('clusters'));
  expect(names.length === 5, 'erin sees the five clusters of the sandbox');
  const isFresh = Date.now() < tokenEndsAt - (tokenSeconds * 1000) / 5;
  wire(
    isFresh && [
      ['tpks', 'API', 'GET', '/v1/clusters'],
      ['API', 'UAA', 'POST', '/check_token'],
      ['API', 'broker'],
    ],
  );
  const one = await tpks(`cluster ${names[0]}`);
  expect(one.stdout.includes(`Name:                     ${names[0]}`), 'one cluster is shown');
  wire();
  explain('What she may not see and what is not there are the same to her; exit code 1.');
  await tpks('cluster no-such-cluster', { exit: 1 });
  wire();

  chapter('5  Later: her token has ended');
  explain(`Tokens live ${tokenSeconds} s in this sandbox (10 min in PKS). Waiting for the end …`);
  await sleep(tokenEndsAt + 200 - Date.now());
  explain('Nobody logs in again. Three commands at once: one refresh, three answers.');
  const words = ['clusters', 'clusters', 'clusters'];
  const answers = await Promise.all(words.map((each) => tpks(each, { quiet: true })));
  expect(
    answers.every((each) => clusterNames(each).length === 5),
    'each shows five clusters',
  );
  say('  5 clusters, 5 clusters, 5 clusters');
  const refreshes = wire().filter(({ grant }) => grant === 'refresh_token').length;
  expect(refreshes === 1, `one refresh is sent, not ${refreshes}`);

  chapter('6  A CI job: no terminal, no keychain, a home that cannot be written');
  await ci({ api, uaa, ca });

  chapter('7  At TAB');
  explain('What `source <(tpks completion bash)` asks for: cluster names, from the last list.');
  const completion = await tpks('cluster ', { complete: true });
  expect(
    names.every((name) => completion.stdout.split('\n').includes(name)),
    'the completion knows the clusters',
  );

  chapter('The end');
  explain('The sessions are over; what the UAA cannot revoke ends by itself.');
  await tpks('logout --all');
  await checkNothingLeft();
  say('', green(`All of it worked, in ${Math.round((Date.now() - startedAt) / 1000)} s.`));
  say('Try it yourself: node bin/tpks.js sandbox');
}

async function startSandbox() {
  const words = `sandbox --api-port 0 --uaa-port 0 --dir sandbox --token-seconds ${tokenSeconds} --json --log ${relative(folder, log)}`;
  say(bold(`$ tpks ${words} &`));
  const child = spawn(process.execPath, [program, ...words.split(' ')], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += chunk));
  const line = await Promise.race([
    firstLine(child.stdout),
    ended.then(() => undefined),
    sleep(20_000),
  ]);
  if (line === undefined) throw new Error(`the sandbox did not start: ${complaints}`);
  const { api, uaa, caCert, users } = JSON.parse(line);
  say(`  API ${api}`, `  UAA ${uaa}`, `  users ${users.map(({ name }) => name).join(', ')}`);
  return { api, uaa, caCert, child, ended };
}

/** The keychain if there is one that works, else a file, and then it says why. */
async function withStoreThatWorks(words, secret) {
  const options = { stdin: secret, exit: [0, 7] };
  const { code } = await tpks(words, options);
  if (code === 0) {
    explain('The session is encrypted, and its key lies in the keychain of this machine.');
    return;
  }
  explain(
    'No keychain works here, and tpks never falls back silently: nothing was asked, nothing sent.',
    'So this demo chooses the store itself: TPKS_STORE=file, a key in a file of mode 0600.',
  );
  env.TPKS_STORE = 'file';
  await tpks(words, { stdin: secret });
}

async function ci({ api, uaa, ca }) {
  const home = join(folder, 'ci-home');
  await mkdir(home, { mode: 0o500 });
  await writeFile(join(folder, 'ci.secret'), 'adminsecret\n', { mode: 0o600 });
  const job = {
    TPKS_API: new URL(api).host,
    TPKS_UAA_URL: new URL(uaa).host,
    TPKS_CA_CERT: ca,
    TPKS_CLIENT_NAME: 'admin',
    TPKS_CLIENT_SECRET_FILE: 'ci.secret',
  };
  explain('Address and credentials are in the environment; there is no login at all.');
  for (const [name, value] of Object.entries(job)) say(bold(`$ export ${name}=${value}`));
  const bare = { PATH: base.PATH, HOME: home, TPKS_HOME: join(home, 'tpks'), ...job };
  const token = await tpks('token --decode', { env: bare });
  expect(/pks\.clusters\.admin/.test(token.stdout), 'the admin token has its scopes');
  wire();
  const list = await tpks('clusters --json', {
    env: bare,
    shown: '| jq -r .[].name',
    pick: byName,
  });
  expect(JSON.parse(list.stdout).length === 5, 'the CI job sees the five clusters');
  wire();
  expect((await readdir(home)).length === 0, 'the CI job has written nothing');
  explain('Its home is still empty.');
}

function byName(stdout) {
  return JSON.parse(stdout)
    .map(({ name }) => `${name}\n`)
    .join('');
}

/** After the logout neither a token nor a key is anywhere in the home. */
async function checkNothingLeft() {
  const left = await readdir(env.TPKS_HOME, { recursive: true });
  const files = left.filter((name) => /^(sessions|keys)[\\/]/.test(name));
  expect(files.length === 0, `no session is left (${files.join(', ')})`);
  expect(!/eyJ/.test(readFileSync(join(env.TPKS_HOME, 'config.json'), 'utf8')), 'no token is left');
}

/**
 * Runs tpks as a shell would, showing the command and what it prints as it comes.
 * @param options.exit - the exit codes that are right.
 */
async function tpks(words, options = {}) {
  const { stdin, exit = 0, quiet = false, complete = false, shown, pick } = options;
  const pipe = stdin === undefined ? '' : `echo ${stdin} | `;
  say(bold(`$ ${pipe}tpks ${words}${complete ? '<TAB>' : ''}${shown ? ` ${shown}` : ''}`));
  const list = complete ? ['__complete', '--', ...words.split(' ')] : words.split(' ');
  const child = spawn(process.execPath, [program, ...list], {
    cwd: folder,
    env: { ...(options.env ?? env), ...(isPainted ? { FORCE_COLOR: '1' } : {}) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin === undefined ? '' : `${stdin}\n`);
  const show = (chunk) => quiet || pick || complete || process.stdout.write(chunk);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
    show(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
    show(chunk);
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (pick) process.stdout.write(pick(stdout));
  if (complete) process.stdout.write(stdout.replace(/^:\w+$\n/m, ''));
  if (![exit].flat().includes(code)) {
    const why = quiet || pick ? `: ${stderr.trim()}` : '';
    throw new Error(`tpks ${words} ended with exit code ${code}${why}`);
  }
  return { code, stdout, stderr };
}

/**
 * Shows what went over the wire since the last time, out of the sandbox's log.
 * @param expected - all that tpks sent, in any order, and who else had to speak, if it is given.
 */
function wire(expected) {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const calls = lines.slice(seen).map((line) => toCall(JSON.parse(line)));
  seen = lines.length;
  for (const { from, to, method, path, grant, status, ms } of outerFirst(calls)) {
    const way = `${from === 'tpks' ? '' : '  '}${from} → ${to}`.padEnd(15);
    const shown = path.replaceAll(/([\da-f]{8})-[\da-f-]{27}/g, '$1…');
    const what = `${method.padEnd(4)} ${shown}${grant ? ` (${grant})` : ''}`;
    say(dim(`    ${way} ${what}: ${status}, ${ms} ms`));
  }
  if (expected) checkCalls(calls, expected);
  return calls;
}

function toCall({ server, method, path, status, grant, ms }) {
  const to = { uaa: 'UAA', api: 'API' }[server] ?? server;
  const from = to === 'broker' || path === '/check_token' ? 'API' : 'tpks';
  return { from, to, method, path, status, grant, ms: Math.round(ms) };
}

/** The log has a request when it is answered, so what the API asked meanwhile stands before it. */
function outerFirst(calls) {
  const ordered = [];
  let inner = [];
  for (const call of calls) {
    if (call.from === 'API') inner.push(call);
    else {
      ordered.push(call, ...(call.to === 'API' ? inner : []));
      if (call.to === 'API') inner = [];
    }
  }
  return [...ordered, ...inner];
}

/** tpks sent exactly what was expected; the API and its broker have their own ways. */
function checkCalls(calls, expected) {
  const key = ({ from, to, method, path, grant }) =>
    [from, to, method, path, grant].filter(Boolean).join(' ');
  const sent = calls.filter(({ from }) => from === 'tpks').map(key);
  const wanted = expected.filter(([from]) => from === 'tpks').map((call) => call.join(' '));
  expect(
    sent.sort().join() === wanted.sort().join(),
    `tpks sends ${wanted.join(' and ')} alone; it sent ${sent.join(', ')}`,
  );
  for (const [from, to] of expected) {
    expect(
      calls.some((call) => call.from === from && call.to === to),
      `the ${from} asks the ${to}`,
    );
  }
}

function clusterNames({ stdout }) {
  const rows = stdout.replaceAll(/\x1b\[\d+m/g, '').split('\n');
  const header = rows.findIndex((row) => row.startsWith('PKS Version'));
  const at = rows[header]?.indexOf('Name') ?? 0;
  return rows
    .slice(header + 1)
    .map((row) => row.slice(at).split(' ')[0])
    .filter(Boolean);
}

/** @param what - a sentence that has to be true. */
function expect(holds, what) {
  if (!holds) throw new Error(`it is not true that ${what}`);
}

function chapter(title) {
  say('', bold(title), '');
}

function explain(...lines) {
  for (const line of lines) say(dim(`# ${line}`));
}

function say(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)).unref());
}

function firstLine(stream) {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
  });
}

async function cleanUp() {
  // After a failure there may be keys of the demo's contexts in the keychain.
  if (process.exitCode === 1) {
    const words = [program, 'logout', '--all'];
    const child = spawn(process.execPath, words, { cwd: folder, env, stdio: 'ignore' });
    await new Promise((done) => child.once('close', done).once('error', done));
  }
  sandbox?.child.kill('SIGINT');
  await Promise.race([sandbox?.ended, sleep(5000)]);
  await rm(folder, { recursive: true, force: true });
}
