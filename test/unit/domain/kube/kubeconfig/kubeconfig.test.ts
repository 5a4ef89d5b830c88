import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../../src/base/clock.js';
import { TpksError } from '../../../../../src/base/errors.js';
import type { ClusterEntries } from '../../../../../src/domain/kube/kubeconfig/entries.js';
import {
  createKubeconfig,
  type Kubeconfig,
} from '../../../../../src/domain/kube/kubeconfig/kubeconfig.js';
import { locateKubeconfig } from '../../../../../src/domain/kube/kubeconfig/storage.js';
import { testAsRoot } from '../../../../support/runner/as-root.js';
import { withFolder } from '../../../../support/runner/temporary-folder.js';

const api = 'https://api.example.com:9021';

function plugin(session: string) {
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      args: ['kube-credential', '--context', session],
      command: 'tpks',
      env: null,
      interactiveMode: 'IfAvailable',
    },
  };
}

function aCluster(name = 'dev-1', changes: Partial<ClusterEntries> = {}): ClusterEntries {
  return {
    contextName: name,
    server: `https://${name}.example.com:8443`,
    certificateAuthorityData: 'LS0tLS1CRUdJTg==',
    userName: 'alana@api.example.com',
    user: plugin('alana@api.example.com'),
    owner: { api, cluster: name, identity: 'alana' },
    ...changes,
  };
}

const noSwitch = { currentContext: undefined };
const goodText = `# mine
apiVersion: v1
kind: Config
clusters:
- name: prod
  cluster: {server: 'https://prod:6443', proxy-url: "http://proxy"} # proxy
contexts:
- context:
    cluster: prod
    user: admin
  name: prod
current-context: prod # careful
users:
- name: admin
  user:
    token: secret
`;

/** Runs a test with a kubeconfig for `KUBECONFIG=a:b`, in a new folder. */
async function withKubeconfig(
  contents: Readonly<Record<string, string | undefined>>,
  body: (scene: {
    readonly kubeconfig: Kubeconfig;
    readonly path: (name: string) => string;
    readonly read: (name: string) => string;
  }) => Promise<void>,
  clock = systemClock,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    for (const [name, text] of Object.entries(contents)) {
      if (text === undefined) continue;
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text, { mode: 0o600 });
    }
    const env = { KUBECONFIG: Object.keys(contents).map(path).join(':') };
    await body({
      kubeconfig: createKubeconfig({
        ...{
          files: locateKubeconfig(env, 'linux'),
          clock,
          defaultFormat: 'oidc',
          allowsOtherReaders: true,
        },
      }),
      path,
      read: (name) => readFileSync(path(name), 'utf8'),
    });
  });
}

async function rejection(promise: Promise<unknown>): Promise<TpksError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof TpksError) return error;
  throw new Error('expected a TpksError', { cause: error });
}

describe('merge', () => {
  test('creates a file that only this user can read, in the style of kubectl', () =>
    withKubeconfig({ 'new/.kube/config': undefined }, async ({ kubeconfig, path, read }) => {
      const entries = [aCluster(), aCluster('dev-2', { namespace: 'apps' })];
      const result = await kubeconfig.merge(entries, { currentContext: 'dev-2' });
      const file = 'new/.kube/config';
      expect(result).toEqual({
        path: path(file),
        contextNames: ['dev-1', 'dev-2'],
        currentContext: 'dev-2',
        replaced: [],
        readableFiles: [],
      });
      expect(read(file)).toMatchInlineSnapshot(`
        "apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: LS0tLS1CRUdJTg==
            server: https://dev-1.example.com:8443
          name: dev-1
        - cluster:
            certificate-authority-data: LS0tLS1CRUdJTg==
            server: https://dev-2.example.com:8443
          name: dev-2
        contexts:
        - context:
            cluster: dev-1
            extensions:
            - extension:
                api: https://api.example.com:9021
                cluster: dev-1
                identity: alana
              name: tpks
            user: alana@api.example.com
          name: dev-1
        - context:
            cluster: dev-2
            extensions:
            - extension:
                api: https://api.example.com:9021
                cluster: dev-2
                identity: alana
              name: tpks
            namespace: apps
            user: alana@api.example.com
          name: dev-2
        current-context: dev-2
        kind: Config
        users:
        - name: alana@api.example.com
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1beta1
              args:
              - kube-credential
              - --context
              - alana@api.example.com
              command: tpks
              env: null
              interactiveMode: IfAvailable
        "
      `);
      expect(read(file)).toBe(await kubeconfig.format(entries, { currentContext: 'dev-2' }));
      expect(statSync(path(file)).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(path(file))).mode & 0o777).toBe(0o700);
      expect(readdirSync(dirname(path(file)))).toEqual(['config']);
    }));

  test('adds entries to a file, and keeps its other content', () =>
    withKubeconfig({ config: goodText }, async ({ kubeconfig, read }) => {
      const result = await kubeconfig.merge([aCluster()], noSwitch);
      expect(result).toMatchObject({ replaced: [] });
      const added = read('config');
      const lines = added.split('\n');
      expect(lines.filter((line) => goodText.split('\n').includes(line)).join('\n')).toContain(
        '# mine\napiVersion: v1\nkind: Config\nclusters:',
      );
      expect(added).toContain('current-context: prod # careful');
      await kubeconfig.merge([aCluster()], { currentContext: 'dev-1' });
      expect(read('config')).toBe(
        added.replace('current-context: prod #', 'current-context: dev-1 #'),
      );
      const inode = statSync(await kubeconfig.locate()).ino;
      await kubeconfig.merge([aCluster()], { currentContext: 'dev-1' });
      expect(statSync(await kubeconfig.locate()).ino).toBe(inode);
    }));

  test('replaces the server and the CA of an entry, and keeps its other settings', () => {
    const text = goodText.replace('proxy-url', 'insecure-skip-tls-verify: true, proxy-url');
    return withKubeconfig({ config: text }, async ({ kubeconfig, read }) => {
      const entries = aCluster('prod', { certificateAuthorityData: undefined, tlsServerName: 'p' });
      const { replaced } = await kubeconfig.merge([entries], noSwitch);
      expect(replaced).toEqual([{ contextName: 'prod', oldServer: 'https://prod:6443' }]);
      expect(read('config')).toContain(
        'cluster: {server: https://prod.example.com:8443, proxy-url: "http://proxy", tls-server-name: p} # proxy',
      );
    });
  });

  describe('with a cluster of the same name in another installation', () => {
    const otherApi = 'https://api.b.example.com:9021';
    const otherCluster = (changes: Partial<ClusterEntries> = {}) =>
      aCluster('dev-1', {
        server: 'https://dev-1.b.example.com:8443',
        otherName: 'dev-1@api.b.example.com',
        userName: 'alana@api.b.example.com',
        owner: { api: otherApi, cluster: 'dev-1', identity: 'alana' },
        ...changes,
      });
    const toDev1 = { currentContext: 'dev-1' };
    const name = 'dev-1@api.b.example.com';
    const serversOf = async (kubeconfig: Kubeconfig) =>
      (await kubeconfig.listOwn()).map((context) => [context.name, context.server]);

    test('gives both their own names if they are added at the same time', () =>
      withKubeconfig({ config: undefined }, async ({ kubeconfig }) => {
        const entries = [aCluster(), otherCluster()];
        const { contextNames, currentContext } = await kubeconfig.merge(entries, toDev1);
        expect([contextNames, currentContext]).toEqual([['dev-1', name], 'dev-1']);
        // The same names in another order.
        await kubeconfig.merge(entries.toReversed(), noSwitch);
        expect(await serversOf(kubeconfig)).toEqual([
          ['dev-1', 'https://dev-1.example.com:8443'],
          [name, 'https://dev-1.b.example.com:8443'],
        ]);
        expect(await kubeconfig.format(entries, toDev1)).toContain(`name: ${name}\n`);
      }));

    test('replaces its entries, and reports this, if there is no other name', () =>
      withKubeconfig({ config: undefined }, async ({ kubeconfig }) => {
        await kubeconfig.merge([aCluster()], noSwitch);
        const entries = otherCluster({ otherName: undefined });
        expect(await kubeconfig.merge([entries], toDev1)).toMatchObject({
          currentContext: 'dev-1',
          replaced: [{ contextName: 'dev-1', oldServer: 'https://dev-1.example.com:8443' }],
        });
        expect(await serversOf(kubeconfig)).toEqual([
          ['dev-1', 'https://dev-1.b.example.com:8443'],
        ]);
      }));

    test('replaces entries that tpks did not create, and reports this', () =>
      withKubeconfig({ config: goodText }, async ({ kubeconfig }) => {
        const entries = otherCluster({ contextName: 'prod', otherName: 'prod@b' });
        expect(await kubeconfig.merge([entries], noSwitch)).toMatchObject({
          contextNames: ['prod'],
          replaced: [{ contextName: 'prod', oldServer: 'https://prod:6443' }],
        });
      }));
  });

  test('keeps the namespace and other extensions of a context', () => {
    const text = goodText.replace(
      '    user: admin\n',
      '    user: admin\n    namespace: mine\n    extensions:\n    - {name: other, extension: {a: 1}}\n',
    );
    return withKubeconfig({ config: text }, async ({ kubeconfig, read }) => {
      await kubeconfig.merge([aCluster('prod')], noSwitch);
      expect(read('config')).toContain('    namespace: mine\n');
      expect(read('config')).toContain(
        '    - {name: other, extension: {a: 1}}\n    - extension:\n',
      );
      await kubeconfig.merge([aCluster('prod', { namespace: 'apps' })], noSwitch);
      expect(read('config')).toContain('    namespace: apps\n');
    });
  });

  test('changes entries in place, and adds new ones to the first file', () => {
    const second = 'users:\n- {name: alana@api.example.com, user: {token: old}}\n';
    return withKubeconfig(
      { missing: undefined, first: 'kind: Config\n', second },
      async ({ kubeconfig, path, read }) => {
        chmodSync(path('second'), 0o644);
        const entries = aCluster('dev-1', { user: { token: 'new' } });
        const result = await kubeconfig.merge([entries], { currentContext: 'dev-1' });
        expect(result).toMatchObject({ path: path('first'), readableFiles: [path('second')] });
        expect(read('second')).toBe(second.replace('old', 'new'));
        expect(read('first')).toContain('current-context: dev-1');
        expect(statSync(path('second')).mode & 0o777).toBe(0o644);
        expect(existsSync(path('missing'))).toBe(false);
        expect(await kubeconfig.findUser('alana@api.example.com')).toEqual({ token: 'new' });
        expect(await kubeconfig.listOwn()).toMatchObject([
          { server: 'https://dev-1.example.com:8443' },
        ]);
      },
    );
  });

  test('reports a file that other users can read only if it contains a token', () =>
    withKubeconfig({ config: goodText }, async ({ kubeconfig, path }) => {
      chmodSync(path('config'), 0o640);
      expect(await kubeconfig.merge([aCluster()], noSwitch)).toMatchObject({ readableFiles: [] });
      const config = { 'id-token': 'x', 'client-id': 'pks_cluster_client' };
      const user = { 'auth-provider': { name: 'oidc', config } };
      expect(await kubeconfig.merge([aCluster('dev-1', { user })], noSwitch)).toMatchObject({
        readableFiles: [path('config')],
      });
    }));

  test('keeps a chain of symbolic links, even if it refers to a missing file', () =>
    withKubeconfig({ 'real/config': goodText }, async ({ path, read }) => {
      symlinkSync('real/config', path('middle'));
      symlinkSync(path('middle'), path('link'));
      symlinkSync('real/new', path('dangling'));
      const open = (name: string) =>
        createKubeconfig({
          files: locateKubeconfig({}, 'linux', path(name)),
          ...{ clock: systemClock, defaultFormat: 'oidc', allowsOtherReaders: true },
        });
      await open('link').merge([aCluster()], noSwitch);
      expect(readlinkSync(path('link'))).toBe(path('middle'));
      expect(readlinkSync(path('middle'))).toBe('real/config');
      expect(read('real/config')).toContain('name: dev-1');
      await open('dangling').merge([aCluster()], noSwitch);
      expect(readlinkSync(path('dangling'))).toBe('real/new');
      expect(read('real/new')).toContain('name: dev-1');
      expect(statSync(path('real/new')).mode & 0o777).toBe(0o600);
      symlinkSync('loop', path('loop'));
      const error = await rejection(open('loop').merge([aCluster()], noSwitch));
      expect(error).toMatchObject({ kind: 'storage' });
    }));

  testAsRoot('keeps the owner of a file', () =>
    withKubeconfig({ config: goodText }, async ({ kubeconfig, path }) => {
      chownSync(path('config'), 1234, 5678);
      await kubeconfig.merge([aCluster()], noSwitch);
      expect(statSync(path('config'))).toMatchObject({ uid: 1234, gid: 5678 });
    }),
  );
});

describe('a file that is rejected stays unchanged:', () => {
  test.each([
    ['invalid YAML', 'users: [', /^.*config, line 1: this is not valid JSON or YAML/],
    ['text instead of an entry', 'users: [x]\n', /, users: an entry is not an object/],
    ['deep nesting', '['.repeat(5000), /nested more than/],
    [
      'aliases that grow',
      `a: &a [x,x]\n${'bcdefghijk'
        .split('')
        .map((n, i) => `${n}: &${n} [${`*${'abcdefghijk'[i] ?? ''},`.repeat(9)}]\n`)
        .join('')}`,
      /, line 1: its aliases cannot be resolved/,
    ],
  ])('%s', (_name, text, message) =>
    withKubeconfig({ config: text }, async ({ kubeconfig, path, read }) => {
      const error = await rejection(kubeconfig.merge([aCluster()], noSwitch));
      expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) });
      expect(error.hint).toBe('correct the file, or set KUBECONFIG to another file');
      expect(read('config')).toBe(text);
      expect(readdirSync(dirname(path('config')))).toEqual(['config']);
      expect(await rejection(kubeconfig.listOwn())).toMatchObject({ kind: 'usage' });
    }),
  );

  test('bytes that are not UTF-8', () =>
    withKubeconfig({ config: '' }, async ({ kubeconfig, path }) => {
      const bytes = Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]);
      writeFileSync(path('config'), bytes);
      expect(await rejection(kubeconfig.merge([aCluster()], noSwitch))).toMatchObject({
        kind: 'usage',
        message: `${path('config')}, line 1: the file is not UTF-8 text`,
      });
      expect(readFileSync(path('config'))).toEqual(bytes);
    }));

  test.each([
    ['a folder', (path: string) => mkdirSync(path), /directory/],
    ['a named pipe', (path: string) => spawnSync('mkfifo', [path]), /not a regular file/],
    [
      'a huge file',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 5 * 1024 * 1024);
      },
      /too large \(limit 4 MiB\)/,
    ],
  ])('%s', (_name, create, message) =>
    withKubeconfig({ config: undefined }, async ({ kubeconfig, path }) => {
      create(path('config'));
      const error = await rejection(kubeconfig.merge([aCluster()], noSwitch));
      expect(error).toMatchObject({ kind: 'storage', message: expect.stringMatching(message) });
      expect(error.hint).not.toContain('TPKS_HOME');
      expect(readdirSync(dirname(path('config')))).toEqual(['config']);
    }),
  );

  test('/dev/null can be read, but not written', async () => {
    const files = locateKubeconfig({ KUBECONFIG: '/dev/null' }, 'linux');
    const kubeconfig = createKubeconfig({
      files,
      clock: systemClock,
      defaultFormat: 'oidc',
      allowsOtherReaders: true,
    });
    expect(await kubeconfig.listOwn()).toEqual([]);
    expect(await kubeconfig.remove(['dev-1'])).toEqual([]);
  });
});

describe('remove', () => {
  test('restores the file byte for byte', () =>
    withKubeconfig({ config: goodText }, async ({ kubeconfig, read }) => {
      await kubeconfig.merge([aCluster(), aCluster('dev-2')], noSwitch);
      const removed = await kubeconfig.remove(['dev-1', 'prod', 'unknown', 'dev-2']);
      expect(removed.map(({ name }) => name)).toEqual(['dev-1', 'dev-2']);
      expect(read('config')).toBe(goodText);
    }));
});

describe('listOwn', () => {
  test.each(['\\e[31m', 'http://api.example.com:9021', 'https://'])(
    'ignores a context whose API is not a URL: %s',
    (address) =>
      withKubeconfig({ config: goodText }, async ({ kubeconfig, path, read }) => {
        await kubeconfig.merge([aCluster()], noSwitch);
        writeFileSync(path('config'), read('config').replace(api, `"${address}"`));
        expect(await kubeconfig.listOwn()).toEqual([]);
      }),
  );
});

describe('the lock', () => {
  test('is released after an error', () =>
    withKubeconfig({ config: 'users: [' }, async ({ kubeconfig, path }) => {
      await rejection(kubeconfig.merge([aCluster()], noSwitch));
      expect(existsSync(`${path('config')}.lock`)).toBe(false);
    }));
});

const home = { HOME: '/home/cody' };
const standard = '/home/cody/.kube/config';

describe('locateKubeconfig', () => {
  test.each([
    ['~/.kube/config without a variable', undefined, undefined, [standard]],
    ['~/.kube/config if KUBECONFIG is empty', '', undefined, [standard]],
    ['~/.kube/config if KUBECONFIG has only empty paths', '::', undefined, [standard]],
    ['the files of KUBECONFIG', '/none/a:/none/b', undefined, ['/none/a', '/none/b']],
    ['each file once, without empty paths', '/none/a::/none/a:', undefined, ['/none/a']],
    ['the file of --kubeconfig instead of KUBECONFIG', '/none/a', '/none/c', ['/none/c']],
    ['KUBECONFIG if --kubeconfig is empty', '/none/a', '', ['/none/a']],
    ['absolute paths', 'a', undefined, [join(process.cwd(), 'a')]],
  ])('returns %s', (_name, variable, option, paths) => {
    const env = variable === undefined ? home : { ...home, KUBECONFIG: variable };
    const files = locateKubeconfig(env, 'linux', option);
    expect(files).toEqual({ paths, target: paths.at(-1) });
  });

  test('selects the first existing file for new entries, else the last one', () =>
    withFolder(async (folder) => {
      const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
      const env = { ...home, KUBECONFIG: paths.join(':') };
      expect(locateKubeconfig(env, 'linux').target).toBe(paths[2]);
      writeFileSync(paths[1]!, '');
      expect(locateKubeconfig(env, 'linux').target).toBe(paths[1]);
    }));
});
