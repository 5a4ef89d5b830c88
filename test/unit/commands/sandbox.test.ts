import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sandbox } from '../../../src/commands/sandbox.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';
import { fileFolder } from '../../support/fixtures/file-folder.js';
import { createCertificates } from '../../support/servers/certificates.js';

const folder = fileFolder();
const flags = { apiPort: 9021, uaaPort: 8443 };

const sandboxDeps = {
  terminal: recordedTerminal(),
  options: () => ({ json: false, interactive: true, color: false, trace: false }),
  untilInterrupted: async () => undefined,
  sandboxAccess: async () => undefined,
};

const runningSandbox = {
  ...{ api: 'https://localhost:9021', uaa: 'https://localhost:8443', caCert: 'ca.pem' },
  ...{ caPem: '', users: [], clients: [], pksClientSecret: '' },
};

test('a sandbox whose admin client has another secret cannot be seeded, and stops', async () => {
  const closed: string[] = [];
  const deps = {
    ...sandboxDeps,
    sandbox: async () => ({
      ...runningSandbox,
      close: async () => void closed.push('closed'),
    }),
  };
  await expect(sandbox({ ...flags, seed: 'access.yml' }, deps)).rejects.toMatchObject({
    kind: 'failed',
    message:
      'Cannot apply access.yml: the secret of the client admin has changed in the folder of --dir',
    hint: 'start without --seed, or use another folder with --dir',
  });
  expect(closed).toEqual(['closed']);
});

test.each([
  ['has data to review', flags, true],
  ['with --seed has only the data of the file', { ...flags, seed: 'access.yml' }, false],
])('a sandbox %s', async (_name, given, hasReviewData) => {
  const started: unknown[] = [];
  const run = sandbox(given, {
    ...sandboxDeps,
    terminal: recordedTerminal(),
    sandbox: async (options) => {
      started.push(options);
      return { ...runningSandbox, close: async () => undefined };
    },
  });
  await run.catch(() => undefined);
  expect(started).toMatchObject([{ hasReviewData }]);
});

describe('an external Kubernetes API', () => {
  let cert: string;
  const complete = {
    ...flags,
    kubernetes: 'https://localhost:6443',
    kubernetesCa: join(folder.path, 'ca.pem'),
    kubernetesTokenFile: folder.write('token', 'admin-token\n'),
  };
  beforeAll(async () => {
    cert = (await createCertificates()).ca.cert;
    folder.write('ca.pem', cert);
  });

  /** Returns the options with which the command starts the sandbox. */
  async function startOptions(changed: Parameters<typeof sandbox>[0], stdin = '') {
    const started: unknown[] = [];
    const terminal = recordedTerminal({}, stdin);
    await sandbox(changed, {
      ...sandboxDeps,
      terminal,
      sandbox: async (options) => {
        started.push(options);
        return { ...runningSandbox, close: async () => undefined };
      },
    });
    return started[0];
  }

  test('is read from the files', async () => {
    expect(await startOptions(complete)).toMatchObject({
      kubernetes: {
        server: 'https://localhost:6443',
        ca: expect.stringContaining(cert.trim()),
        adminToken: 'admin-token',
      },
    });
  });

  test('its CA can come from stdin', async () => {
    expect(await startOptions({ ...complete, kubernetesCa: '-' }, cert)).toMatchObject({
      kubernetes: { ca: expect.stringContaining(cert.trim()) },
    });
  });

  test.each(['kubernetes', 'kubernetesCa', 'kubernetesTokenFile'] as const)(
    'requires all three options (%s is missing)',
    async (name) => {
      const missing = Object.fromEntries(Object.entries(complete).filter(([key]) => key !== name));
      await expect(startOptions({ ...flags, ...missing })).rejects.toMatchObject({
        kind: 'usage',
        message:
          'An external Kubernetes API requires --kubernetes, --kubernetes-ca and ' +
          '--kubernetes-token-file',
      });
    },
  );

  test.each([
    [{ kubernetes: 'http://localhost:6443' }, /^Invalid value for --kubernetes: http:/],
    [{ kubernetes: 'localhost:6443' }, /^Invalid value for --kubernetes: localhost:6443/],
    [{ kubernetesCa: 'no-such-file' }, /^Failed to read file: no-such-file/],
    [{ kubernetesTokenFile: 'no-such-file' }, /no-such-file from --kubernetes-token-file/],
    [{ kubernetesTokenFile: folder.write('empty', '\n\n') }, /--kubernetes-token-file is empty$/],
  ])('%o is rejected', async (change, message) => {
    await expect(startOptions({ ...complete, ...change })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(message),
    });
  });
});
