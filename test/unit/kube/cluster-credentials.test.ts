import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import {
  createClusterCredentials,
  type ClusterCredentialsDeps,
} from '../../../src/kube/cluster-credentials.js';
import type { ClusterTokenOptions } from '../../../src/kube/id-token.js';
import { Secret } from '../../../src/secret.js';
import { aKubernetesSession, fakeCredentialCalls } from '../../support/fake-kubernetes-sessions.js';
import { fixedClock } from '../../support/fixed-clock.js';
import { withSecrets } from '../../support/plain-tokens.js';
import type { Token } from '../../../src/auth/token.js';
import { recordedTerminal } from '../../support/recorded-terminal.js';

const kubectl = { pid: 100, startTime: '1' };
const command = 'tpks get-credentials dev-1';
const prompt = 'Password of alana at api.example.com: ';
const endedError = new TpksError('unauthenticated', 'the session has ended', { hint: command });

interface Setup {
  /** `undefined`: `KUBERNETES_EXEC_INFO` is not set. */
  readonly interactive?: boolean | undefined;
  readonly parent?: ClusterCredentialsDeps['parent'];
  readonly usesPassword?: boolean;
  /** The error of the session until the user logs in. */
  readonly failure?: TpksError;
  readonly answers?: Readonly<Record<string, string>>;
  readonly logIn?: ClusterCredentialsDeps['logIn'];
}

/** A session whose tokens `id-1`, `id-2`, ... are valid for 600 s from the start. */
function setUp(setup: Setup = {}) {
  const { usesPassword = true, failure, answers = {}, parent = () => kubectl } = setup;
  const interactive = 'interactive' in setup ? setup.interactive : false;
  const clock = fixedClock();
  const terminal = recordedTerminal(answers);
  const calls = fakeCredentialCalls();
  let current = 1;
  let isEnded = failure !== undefined;
  const renewals: string[] = [];
  const logins: string[] = [];
  const interruptions: string[] = [];
  const expiresAt = new Date('2026-11-25T10:10:00Z');
  const session = {
    ...aKubernetesSession(),
    name: 'alana@api.example.com',
    command,
    trustCommand: `${command} --ca-cert FILE`,
    usesPassword,
    token: async ({ rejected }: ClusterTokenOptions = {}) => {
      if (isEnded && failure !== undefined) throw failure;
      if (rejected?.reveal() === `id-${String(current)}`) {
        renewals.push(rejected.reveal());
        current += 1;
      }
      const idToken = new Secret(`id-${String(current)}`);
      return { idToken, expiresAt, renewAt: new Date('2026-11-25T10:09:00Z') };
    },
  };
  const info = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive },
  });
  const { create } = createClusterCredentials({
    info: interactive === undefined ? undefined : info,
    sessions: {
      select: async () => session,
      save: async () => {
        isEnded = false;
        calls.clear();
      },
    },
    calls: async () => calls,
    parent,
    logIn:
      setup.logIn ??
      (async (_session, password) => {
        logins.push(password.reveal());
        return withSecrets<Token>({
          accessToken: 'a',
          scope: '',
          lifetimeSeconds: 600,
          issuedAt: clock.now(),
          clockOffsetSeconds: 0,
        });
      }),
    terminal,
    interruptClient: () => interruptions.push('SIGINT'),
    clock,
  });
  const run = async () => {
    const text = await create('alana@api.example.com');
    return (JSON.parse(text) as { status: { token: string } }).status.token;
  };
  const replaceToken = () => (current += 1);
  return { run, create, renewals, logins, interruptions, terminal, clock, calls, replaceToken };
}

describe('a fresh token', () => {
  test('is printed as JSON in the version of the client', async () => {
    const text = await setUp().create('alana@api.example.com');
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'id-1', expirationTimestamp: '2026-11-25T10:09:00Z' },
    });
  });
});

describe('a rejected token', () => {
  test('is renewed when the same process calls again before it expires', async () => {
    const { run, renewals } = setUp();
    expect(await run()).toBe('id-1');
    expect(await run()).toBe('id-2');
    expect(renewals).toEqual(['id-1']);
  });

  test('is renewed only once: the third call fails with an explanation', async () => {
    const { run, renewals } = setUp();
    await run();
    await run();
    for (let call = 3; call <= 4; call += 1) {
      await expect(run()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: expect.stringMatching(/rejected the token of alana.*another issuer.*OIDC/s),
        hint: expect.stringContaining(command),
      });
    }
    expect(renewals).toEqual(['id-1']);
  });

  test('is renewed again if the renewed one was in use for a while', async () => {
    const { run, renewals, clock } = setUp();
    await run();
    await run();
    clock.pass(30);
    expect(await run()).toBe('id-3');
    clock.pass(29);
    await expect(run()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(renewals).toEqual(['id-1', 'id-2']);
  });

  test('is replaced with a token that another process has renewed in the meantime', async () => {
    const { run, renewals, replaceToken } = setUp();
    await run();
    await run();
    replaceToken();
    expect(await run()).toBe('id-3');
    await expect(run()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(renewals).toEqual(['id-1']);
  });

  test('is not assumed when the process calls again after the token has expired', async () => {
    const { run, renewals, clock } = setUp();
    await run();
    clock.pass(540);
    await run();
    expect(renewals).toEqual([]);
  });

  test('is renewed again if it is rejected after the replaced one has expired', async () => {
    const { run, renewals, clock } = setUp();
    await run();
    await run();
    clock.pass(540);
    expect(await run()).toBe('id-2');
    expect(renewals).toEqual(['id-1']);
  });

  test('is never assumed because of calls of other processes', async () => {
    let pid = 0;
    const { run, renewals } = setUp({ parent: () => ({ pid: (pid += 1), startTime: '1' }) });
    for (let call = 0; call < 50; call += 1) expect(await run()).toBe('id-1');
    expect(renewals).toEqual([]);
  });

  test('is not renewed if another process has already done so, and counts as replaced', async () => {
    const { run, renewals, replaceToken } = setUp();
    await run();
    replaceToken();
    expect(await run()).toBe('id-2');
    expect(renewals).toEqual([]);
    await expect(run()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  test.each([
    ['the start time of the parent is unknown', { parent: () => undefined }],
    ['no client runs the plugin', { interactive: undefined }],
  ])('is not recognized if %s', async (_condition, setup) => {
    const { run, renewals, calls } = setUp(setup);
    for (let call = 0; call < 3; call += 1) expect(await run()).toBe('id-1');
    expect({ renewals, calls: calls.all }).toEqual({ renewals: [], calls: [] });
  });
});

describe('an error', () => {
  const fails = async (
    run: () => Promise<unknown>,
  ): Promise<Pick<TpksError, 'kind' | 'isRepeated'>> => {
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    if (!(error instanceof TpksError)) throw new Error('the plugin did not fail');
    return { kind: error.kind, isRepeated: error.isRepeated };
  };
  const [first, repeated] = [false, true].map((isRepeated) => ({
    kind: 'unauthenticated',
    isRepeated,
  }));

  test('is printed once if the client immediately runs the plugin again', async () => {
    const { run, clock } = setUp({ failure: endedError });
    expect(await fails(run)).toEqual(first);
    expect(await fails(run)).toEqual(repeated);
    expect(await fails(run)).toEqual(repeated);
    clock.pass(61);
    expect(await fails(run)).toEqual(first);
  });

  test('is printed for each client', async () => {
    let pid = 100;
    const { run } = setUp({ failure: endedError, parent: () => ({ pid: ++pid, startTime: '1' }) });
    expect(await fails(run)).toEqual(first);
    expect(await fails(run)).toEqual(first);
  });

  test('is printed each time if no client runs the plugin', async () => {
    const { run } = setUp({ failure: endedError, interactive: undefined });
    expect(await fails(run)).toEqual(first);
    expect(await fails(run)).toEqual(first);
  });

  test('is printed each time if the user was prompted', async () => {
    const logIn = () => Promise.reject(new TpksError('unauthenticated', 'Bad credentials'));
    const answers = { [prompt]: 'wrong' };
    const { run } = setUp({ interactive: true, failure: endedError, answers, logIn });
    expect(await fails(run)).toEqual(first);
    expect(await fails(run)).toEqual(first);
  });
});

describe('a session that has ended', () => {
  const answers = { [prompt]: 'alana-password' };

  test('is replaced with the password if the client allows a prompt', async () => {
    const setup = { interactive: true, failure: endedError, answers };
    const { run, logins, terminal, interruptions } = setUp(setup);
    expect(await run()).toBe('id-1');
    expect(logins).toEqual(['alana-password']);
    expect(interruptions).toEqual([]);
    expect(terminal.prompts).toEqual([prompt]);
  });

  test.each([
    ['the client does not allow a prompt', { interactive: false, answers }],
    ['no client runs the plugin', { interactive: undefined, answers }],
    ['there is no terminal', { interactive: true }],
    ['the user logs in without a password', { interactive: true, usesPassword: false, answers }],
  ])('leads to the command to type if %s', async (_condition, setup) => {
    const { run, logins } = setUp({ failure: endedError, ...setup });
    await expect(run()).rejects.toBe(endedError);
    expect(logins).toEqual([]);
  });

  test('does not lead to a prompt if the UAA is unreachable', async () => {
    const failure = new TpksError('unavailable', 'Cannot reach it');
    const { run, terminal } = setUp({ interactive: true, failure, answers });
    await expect(run()).rejects.toBe(failure);
    expect(terminal.prompts).toEqual([]);
  });

  test('is not replaced if the UAA rejects the password', async () => {
    const logIn = () => Promise.reject(new TpksError('unauthenticated', 'Bad credentials'));
    const { run } = setUp({ interactive: true, failure: endedError, answers, logIn });
    await expect(run()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again. (Bad credentials)',
      hint: command,
    });
  });

  test('stops the client if the user cancels the prompt, because it would prompt again', async () => {
    const { run, terminal, interruptions, logins } = setUp({
      interactive: true,
      failure: endedError,
      answers,
    });
    Object.assign(terminal, {
      prompt: () => Promise.reject(new TpksError('cancelled', 'Cancelled')),
    });
    await expect(run()).rejects.toMatchObject({ kind: 'cancelled' });
    expect({ interruptions, logins }).toEqual({ interruptions: ['SIGINT'], logins: [] });
  });

  test('sends no empty password', async () => {
    const { run, logins } = setUp({
      interactive: true,
      failure: endedError,
      answers: { [prompt]: '' },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(logins).toEqual([]);
  });
});
