import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import {
  createClusterCredential,
  type ClusterCredentialDeps,
} from '../../../src/kube/cluster-credentials.js';
import { Secret } from '../../../src/secret.js';
import { aKubernetesSession } from '../../support/fakes/fake-kubernetes-sessions.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { withSecrets } from '../../support/checks/plain-tokens.js';
import type { Token } from '../../../src/auth/token.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const command = 'tpks get-credentials dev-1';
const prompt = 'Password of alana at api.example.com: ';
const endedError = new TpksError('unauthenticated', 'the session has ended', { hint: command });

interface Setup {
  /** `undefined`: `KUBERNETES_EXEC_INFO` is not set. */
  readonly interactive?: boolean | undefined;
  readonly usesPassword?: boolean;
  /** The error of the session until the user logs in. */
  readonly failure?: TpksError;
  readonly answers?: Readonly<Record<string, string>>;
  readonly logIn?: ClusterCredentialDeps['logIn'];
}

/** A session whose token `id-1` is valid for 600 s from the start. */
function setUp(setup: Setup = {}) {
  const { usesPassword = true, failure, answers = {} } = setup;
  const interactive = 'interactive' in setup ? setup.interactive : false;
  const clock = fixedClock();
  const terminal = recordedTerminal(answers);
  let isEnded = failure !== undefined;
  const logins: string[] = [];
  const interruptions: string[] = [];
  const expiresAt = new Date('2026-11-25T10:10:00Z');
  const session = {
    ...aKubernetesSession(),
    name: 'alana@api.example.com',
    command,
    trustCommand: `${command} --ca-cert FILE`,
    usesPassword,
    token: async () => {
      if (isEnded && failure !== undefined) throw failure;
      const idToken = new Secret('id-1');
      return { idToken, expiresAt, renewAt: new Date('2026-11-25T10:09:00Z') };
    },
  };
  const info = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive },
  });
  const deps: ClusterCredentialDeps = {
    info: interactive === undefined ? undefined : info,
    sessions: {
      select: async () => session,
      save: async () => {
        isEnded = false;
      },
    },
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
  };
  const create = () => createClusterCredential('alana@api.example.com', {}, deps);
  const run = async () => {
    const { status } = JSON.parse(await create()) as { status: { token: string } };
    return status.token;
  };
  return { run, create, logins, interruptions, terminal };
}

describe('a fresh token', () => {
  test('is printed as JSON in the version of the client', async () => {
    const text = await setUp().create();
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'id-1', expirationTimestamp: '2026-11-25T10:09:00Z' },
    });
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
