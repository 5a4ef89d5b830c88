import type { BrowserLoginInput } from '../../../../src/auth/browser-login.js';
import type { Context } from '../../../../src/contexts/context.js';
import type { Grants } from '../../../../src/auth/grants.js';
import type { Logins, NewLogin } from '../../../../src/auth/logins.js';
import { createSecretSource } from '../../../../src/auth/secret-source.js';
import type { StoredSession } from '../../../../src/auth/session-file.js';
import type { Token } from '../../../../src/auth/token.js';
import type { Settings } from '../../../../src/config/settings.js';
import { TpksError } from '../../../../src/errors.js';
import type { Services } from '../../../../src/services.js';
import type { UaaInfo } from '../../../../src/uaa/info.js';
import { memorySettings } from '../../../support/memory-settings.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

export const uaa = 'https://api.example.com:8443';

const token: Token = {
  accessToken: 'secret-token',
  scope: 'scim.read scim.write',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T01:00:00Z'),
  clockOffsetSeconds: 0,
};

export interface Setup {
  readonly answers?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly settings?: Partial<Settings>;
  readonly store?: () => Promise<never>;
  /** What the UAA hands out. */
  readonly token?: Partial<Token>;
  /** Why it does not. */
  readonly refusal?: TpksError;
  /** Of `/userinfo`; who may not ask gets a refusal. */
  readonly userName?: string;
  readonly prompts?: UaaInfo['prompts'];
  /** Whether the UAA would come back to this machine. */
  readonly isWelcome?: boolean;
  readonly interactive?: boolean;
  readonly context?: Context;
  readonly session?: StoredSession;
}

type Deps = Pick<
  Services,
  | 'terminal'
  | 'env'
  | 'options'
  | 'settings'
  | 'uaaContext'
  | 'secrets'
  | 'grants'
  | 'logins'
  | 'userOf'
  | 'info'
  | 'postedCredentials'
  | 'browserLogin'
  | 'session'
>;

/** The commands of this folder, what they did in which order, and what they sent. */
export function machine(setup: Setup = {}) {
  const { answers, stdin, env = {}, settings, store, interactive = true, refusal } = setup;
  const terminal = recordedTerminal(answers, stdin);
  const file = memorySettings(settings ?? { uaaTarget: uaa });
  const did: string[] = [];
  const sent: Record<string, unknown>[] = [];
  const saved: NewLogin[] = [];
  const browsed: BrowserLoginInput[] = [];
  const ask = terminal.ask;
  const recorded = {
    ...terminal,
    ask: (question: Parameters<typeof ask>[0]) => {
      did.push(question.prompt);
      return ask(question);
    },
  };
  const issue = (request: Record<string, unknown>): Promise<Token> => {
    did.push('request');
    sent.push(request);
    return refusal === undefined
      ? Promise.resolve({ ...token, ...setup.token })
      : Promise.reject(refusal);
  };
  const deps: Deps = {
    terminal: recorded,
    env,
    options: () => ({ json: false, interactive, color: false, trace: false }),
    settings: async () => file,
    uaaContext: async () => {
      if (setup.context !== undefined) return setup.context;
      throw new TpksError('unauthenticated', 'nobody');
    },
    session: async () => ({
      stored: async () => setup.session,
      accessToken: async (options = {}) => {
        did.push('renew');
        sent.push({ ...options });
        return 'renewed';
      },
    }),
    secrets: async () => createSecretSource({ terminal: recorded, env }),
    userOf: async (_target, accessToken) => {
      did.push('userinfo');
      sent.push({ accessToken });
      if (setup.userName === undefined) throw new TpksError('forbidden', 'no openid');
      return { user_id: 'u-1', user_name: setup.userName };
    },
    info: async () => ({
      get: async () => ({ app: { version: '4.30.0' }, prompts: setup.prompts ?? {} }),
    }),
    postedCredentials: async (client) => ({
      token: ({ answers: given, ...input }) =>
        issue({
          ...client,
          ...input,
          answers: Object.fromEntries(
            [...given].map(([name, value]) => [
              name,
              typeof value === 'string' ? value : `secret ${value.open()}`,
            ]),
          ),
        }),
    }),
    browserLogin: async ({ clientSecret, ...client }) => ({
      begin: async (input) => {
        did.push('listen');
        browsed.push(input);
        return {
          redirectUri: `http://localhost:28443${input.path}`,
          isWelcome: setup.isWelcome ?? true,
          cancel: async () => void did.push('cancel'),
          token: () => issue({ ...client, clientSecret: clientSecret?.open() }),
        };
      },
    }),
    grants: async ({ clientSecret, ...client }) => {
      const request = (grant: string, input: object = {}): Promise<Token> =>
        issue({ ...client, clientSecret: clientSecret?.open(), grant, ...input });
      return {
        clientCredentials: (input) => request('client_credentials', input),
        password: ({ password, ...input }) =>
          request('password', { ...input, password: password.open() }),
        passcode: ({ passcode, ...input }) =>
          request('passcode', { ...input, passcode: passcode.open() }),
        authorizationCode: () => request('authorization_code'),
        refresh: (refreshToken, input) =>
          request('refresh', { ...input, refreshToken: refreshToken.open() }),
      } satisfies Grants;
    },
    logins: async () =>
      ({
        lastingStore: (flag) => (flag === 'file' ? 'file' : 'keychain'),
        describe: (kind) => `the ${kind}`,
        prepare: async (kind) => {
          did.push('prepare');
          if (store) return store();
          return {
            save: async (login) => {
              did.push('save');
              saved.push(login);
              const { identity, grant, clientId, skipTlsVerification } = login;
              return {
                name: login.name ?? `${identity}@api.example.com`,
                context: { identity, grant, clientId, uaa, skipTlsVerification, store: kind },
              };
            },
          };
        },
      }) satisfies Logins,
  };
  return { terminal, deps, did, sent, saved, browsed };
}
