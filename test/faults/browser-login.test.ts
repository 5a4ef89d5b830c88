import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { logInWithBrowser } from '../../src/domain/auth/browser-login.js';
import { listenOnLoopback } from '../../src/domain/auth/loopback.js';
import { fakeSend } from '../support/fakes/fake-send.js';
import { fixedClock } from '../support/fakes/fixed-clock.js';
import { isNightly } from '../support/runner/nightly.js';
import { seed } from './seed.js';

/** `undefined`: the parameter is missing. */
const wrongStates = [undefined, '', ' ', 'null', '%00', '__proto__', 'x'.repeat(8000)];
const wrongPaths = ['/', '/authcode/', '/authcode/x', '/AUTHCODE', '//authcode', '/favicon.ico'];

const values = fc.record({
  name: fc.constantFrom('code', 'access_token', 'error', 'error_description', 'nothing'),
  value: fc.constantFrom('', 'access_denied', 'q7f2XaoBfo', '<b>'),
});

/** A request that is not the response to this login: its state or its path is wrong. */
const wrongRequests = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  state: fc.option(fc.constantFrom(...wrongStates), { nil: 'right' as const }),
  path: fc.constantFrom(...wrongPaths),
  parameters: fc.array(values, { maxLength: 3 }),
});

test('a browser login ends only with its own response or at its time limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('code', 'token'),
      fc.array(wrongRequests, { maxLength: 6 }),
      fc.boolean(),
      async (responseType, requests, isFinished) => {
        let stopWaiting = (): void => undefined;
        const notes: string[] = [];
        let startWaiting: (origin: string) => void = () => undefined;
        const waiting = new Promise<string>((resolve) => (startWaiting = resolve));
        const end = logInWithBrowser(
          {
            ...{ uaa: 'https://uaa.example.com', clientId: 'cf', responseType },
            ...{ ports: [0], path: '/authcode', timeoutSeconds: 300, canOpenBrowser: true },
            browserlessCommand: 'tpks login --sso',
          },
          {
            send: fakeSend({ status: 302 }).send,
            clock: {
              ...fixedClock(),
              sleep: () => new Promise<void>((resolve) => (stopWaiting = resolve)),
            },
            note: (text) => {
              notes.push(text);
              const [, redirectUri] = /^Waiting for the response at (\S+)/.exec(text) ?? [];
              if (redirectUri !== undefined) startWaiting(new URL(redirectUri).origin);
            },
            openBrowser: () => Promise.resolve(true),
            listen: listenOnLoopback,
            grants: {
              authorizationCode: () => Promise.reject(new Error('the code was accepted')),
            },
          },
        ).catch((error: unknown) => error);
        const origin = await waiting;
        const rightState = new URL(notes[1] ?? '').searchParams.get('state') ?? '';
        const visit = (path: string, method: string, response: URLSearchParams) =>
          method === 'GET'
            ? fetch(`${origin}${path}?${response.toString()}`)
            : fetch(`${origin}${path}`, { method, headers: { origin }, body: response });

        for (const { method, state, path, parameters } of requests) {
          const response = new URLSearchParams(
            parameters.map(({ name, value }): [string, string] => [name, value]),
          );
          if (state !== undefined) response.set('state', state === 'right' ? rightState : state);
          // A wrong path with the right state, or the right path with a wrong state.
          const { status } = await visit(state === 'right' ? path : '/authcode', method, response);
          // The page that forwards the URL fragment is served without checking the state.
          const isRelay = responseType === 'token' && method === 'GET' && !response.has('error');
          expect(status).toBe(isRelay && state !== 'right' ? 200 : 404);
        }
        if (!isFinished) stopWaiting();
        else {
          const response = new URLSearchParams({ state: rightState, error: 'access_denied' });
          expect((await visit('/authcode', 'GET', response)).status).toBe(400);
        }
        expect(await end).toMatchObject({
          kind: 'unauthenticated',
          message: isFinished
            ? 'The login was denied: access_denied'
            : expect.stringContaining('was not finished within 300 s'),
        });
      },
    ),
    { seed, numRuns: isNightly ? 100 : 20 },
  );
}, 60_000);
