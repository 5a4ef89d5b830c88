import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { likeKubectl, startKubernetesSession } from '../support/fixtures/kubernetes-session.js';
import { createUser } from '../support/program/cli.js';
import { bin, type SpawnOptions } from '../support/program/spawned.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startConnectProxy } from '../support/servers/connect-proxy.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('reads which modules Node loads');

let sandbox: TestSandbox;
const cody = createUser();
const kubernetesSession = 'alana@localhost';
const credentialWords = ['kube-credential', '--context', kubernetesSession];
const hook = fileURLToPath(new URL('../support/preload/loaded-modules.mjs', import.meta.url));

beforeAll(async () => {
  sandbox = await startTestSandbox({ uaaHostnames: ['pks.test'] });
  await sandbox.login(cody, 'cody');
  await cody.tpks(['clusters']);
  await startKubernetesSession(cody, sandbox, kubernetesSession);
});
afterAll(() => sandbox.close());

/** @returns the source files in each file of the bundle, according to the build. */
function readBundleContents(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(dirname(bin), '../dist/meta.json'), 'utf8');
  const { outputs } = JSON.parse(text) as {
    outputs: Record<string, { inputs: Record<string, unknown> }>;
  };
  return new Map(
    Object.entries(outputs).map(([file, { inputs }]) => [
      basename(file, '.js'),
      Object.keys(inputs),
    ]),
  );
}

/** @returns the paths of the files that a command loads. */
async function listLoadedFiles(
  words: readonly string[],
  options: SpawnOptions = {},
): Promise<readonly string[]> {
  const report = join(cody.env['HOME'] ?? '', 'loaded.txt');
  const env = {
    ...options.env,
    NODE_OPTIONS: `--import ${hook} ${options.env?.['NODE_OPTIONS'] ?? ''}`,
    LOADED_MODULES: report,
  };
  expect(await cody.spawn(words, { ...options, env })).toMatchObject({ code: 0 });
  return readFileSync(report, 'utf8').split('\n');
}

/** @returns the source files that a command loads, including files of packages. */
async function listLoadedSources(
  words: readonly string[],
  options: SpawnOptions = {},
): Promise<readonly string[]> {
  const bundle = readBundleContents();
  const files = await listLoadedFiles(words, options);
  return files.flatMap((file) => bundle.get(basename(file, '.cjs')) ?? [file]);
}

/** The packages that every command with a text output loads. */
const usual = ['chalk', 'commander', 'fast-string-truncated-width', 'fast-string-width'];

/** @returns the packages that a command loads. */
async function listLoadedPackages(
  words: readonly string[],
  options: SpawnOptions = {},
): Promise<string[]> {
  const inputs = await listLoadedSources(words, options);
  const packages = inputs.flatMap(
    (input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
  );
  return [...new Set(packages)].sort();
}

nodeOnly.test('the packages that login loads are detected', async () => {
  const words = [
    ...['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'],
  ];
  const ada = createUser();
  const packages = await listLoadedPackages(words, {
    stdin: 'cody-password',
    env: { TPKS_HOME: ada.home },
  });
  expect(packages).toEqual(
    expect.arrayContaining(['commander', 'conf', 'openid-client', 'valibot']),
  );
  // conf imports these for features that tpks does not use.
  for (const unused of ['ajv', 'ajv-formats', 'debounce-fn', 'semver']) {
    expect(packages).not.toContain(unused);
  }
});

nodeOnly.test(
  'a proxy is used for other machines but not for this one, and needs no package',
  async () => {
    const proxy = await startConnectProxy('me:p%40ss');
    const env = { HTTPS_PROXY: proxy.url };
    expect(await cody.tpks(['clusters'], { env })).toMatchObject({ code: 0 });
    expect(proxy.targets).toEqual([]);

    const toRemoteHost = (url: string) => url.replace('localhost', 'pks.test');
    const target = ['-a', toRemoteHost(sandbox.api), '--uaa-url', toRemoteHost(sandbox.uaa), '-k'];
    const words = ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
    const remoteUser = createUser();
    expect(await remoteUser.tpks(words, { env, stdin: 'cody-password' })).toMatchObject({
      code: 0,
    });
    proxy.clearTargets();
    expect(
      await listLoadedPackages(['clusters'], { env: { ...env, TPKS_HOME: remoteUser.home } }),
    ).toEqual([...usual, 'valibot']);
    await proxy.close();
    expect(proxy.targets).toEqual([new URL(toRemoteHost(sandbox.api)).host]);
  },
);

nodeOnly.test('--version loads neither the commands nor the services', async () => {
  const files = (await listLoadedFiles(['--version'])).map((file) => basename(file));
  expect(files).toContain('start.cjs');
  expect(files).not.toContain('core.cjs');
  expect(files).not.toContain('connected.cjs');
});

nodeOnly.test.each([
  ['tpks', ['sandbox', '--help']],
  ['uaac', ['help']],
])('%s %j does not load the services', async (program, words) => {
  const loaded = await listLoadedFiles(words, { link: cody.link(program) });
  const files = loaded.map((file) => basename(file));
  expect(files).toContain('core.cjs');
  expect(files).not.toContain('connected.cjs');
});

nodeOnly.test.each([
  [['--help']],
  [['login', '--help']],
  [['help', 'exit-codes']],
  [['__complete', '--', 'cluster', '']],
  [['__complete', '--', 'login', '--']],
])('%j loads only the usual packages and, to read the settings, valibot', async (words) => {
  const packages = await listLoadedPackages(words);
  expect(packages.filter((name) => name !== 'valibot')).toEqual(usual);
});

nodeOnly.test.each([[['clusters']], [['status']], [['curl', '/v1/clusters']]])(
  '%j with a fresh token loads only the usual packages and valibot, and no proxy',
  async (words) => {
    expect(await listLoadedPackages(words)).toEqual([...usual, 'valibot']);
    const proxy = 'src/platform/http/proxy.ts';
    expect(await listLoadedSources(words)).not.toContain(proxy);
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1' };
    expect(await listLoadedSources(words, { env })).toContain(proxy);
  },
);

const openedReport = () => join(cody.env['HOME'] ?? '', 'opened.txt');
const reportOpenedFiles = () => ({
  NODE_OPTIONS: `--require ${fileURLToPath(new URL('../support/preload/opened-files.cjs', import.meta.url))}`,
  OPENED_FILES: openedReport(),
});

nodeOnly.test('a repeated login writes only the session', async () => {
  const words = [
    ...['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'],
  ];
  const ada = createUser();
  await sandbox.login(ada, 'cody');
  const settings = join(ada.home, 'config.json');
  const { ino, mtimeNs } = statSync(settings, { bigint: true });
  const env = { ...reportOpenedFiles(), TPKS_HOME: ada.home };
  const packages = await listLoadedPackages(words, { stdin: 'cody-password', env });
  const opened = readFileSync(openedReport(), 'utf8').split('\n');
  // Once before the password is sent, and once while no other process can change it.
  expect(opened.filter((path) => path === settings)).toHaveLength(2);
  expect(opened.filter((line) => line === 'fsync')).toHaveLength(1);
  expect(statSync(settings, { bigint: true })).toMatchObject({ ino, mtimeNs });
  expect(packages).not.toContain('conf');
});

nodeOnly.test(
  'a first login calls fsync three times: for the key, the session and config.json',
  async () => {
    const words = [
      ...['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'],
    ];
    const ada = createUser();
    const env = { ...reportOpenedFiles(), TPKS_HOME: ada.home };
    await listLoadedPackages(words, { stdin: 'cody-password', env });
    const opened = readFileSync(openedReport(), 'utf8').split('\n');
    expect(opened.filter((line) => line === 'fsync')).toHaveLength(3);
    expect(opened.filter((line) => line === join(ada.home, 'config.json'))).toHaveLength(2);
  },
);

nodeOnly.test(
  'kube-credential with a fresh token sends no request, and loads and reads little',
  async () => {
    sandbox.clearRequests();
    const packages = await listLoadedPackages(credentialWords, {
      ...likeKubectl,
      env: { ...likeKubectl.env, ...reportOpenedFiles() },
    });
    expect(packages).toEqual([...usual, 'valibot']);
    const opened = readFileSync(openedReport(), 'utf8').split('\n');
    const kinds = ['config.json', '.session', '.key'];
    for (const kind of kinds) {
      expect(opened.filter((path) => path.endsWith(kind))).toHaveLength(1);
    }
    expect(opened).toHaveLength(kinds.length);
    expect(sandbox.requests()).toEqual([]);
  },
);
