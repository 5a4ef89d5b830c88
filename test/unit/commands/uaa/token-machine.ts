import type { Context } from '../../../../src/contexts/context.js';
import { createLogins, type LoginsDeps } from '../../../../src/auth/login.js';
import type { NewLogin } from '../../../../src/auth/login-store.js';
import { createSecretSource } from '../../../../src/auth/secret-source.js';
import type { StoredSession } from '../../../../src/auth/session-file.js';
import type { Token } from '../../../../src/auth/token.js';
import type { Settings } from '../../../../src/config/settings.js';
import { TpksError } from '../../../../src/errors.js';
import { Secret } from '../../../../src/secret.js';
import type { Services } from '../../../../src/services.js';
import { createInfoEndpoint, type UaaInfo } from '../../../../src/uaa/info.js';
import { memorySettings } from '../../../support/memory-settings.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { fakeResources } from '../../../support/fake-resources.js';
import { withSecrets, type Plain } from '../../../support/plain-tokens.js';

export const uaa = 'https://api.example.com:8443';

const token: Plain<Token> = {
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
  /** Why the store cannot be used. */
  readonly storeError?: TpksError;
  /** What the UAA hands out. */
  readonly token?: Partial<Plain<Token>>;
  /** Why it does not. */
  readonly refusal?: TpksError;
  /** Of `/userinfo`; who may not ask gets a refusal. */
  readonly userName?: string;
  readonly prompts?: UaaInfo['prompts'];
  /** `--json` */
  readonly wantsJson?: boolean;
  readonly interactive?: boolean;
  readonly context?: Context;
  readonly session?: Plain<StoredSession>;
}

type Deps = Pick<
  Services,
  | 'terminal'
  | 'env'
  | 'options'
  | 'settings'
  | 'uaaContext'
  | 'secrets'
  | 'logins'
  | 'publicUaaResource'
  | 'session'
>;

/** The commands of this folder, what they did in which order, and what they sent. */
export function machine(setup: Setup = {}) {
  const { answers, stdin, env = {}, settings, storeError, interactive = true } = setup;
  const terminal = recordedTerminal(answers, stdin);
  const file = memorySettings(settings ?? { uaaTarget: uaa });
  const did: string[] = [];
  const sent: Record<string, unknown>[] = [];
  const saved: NewLogin[] = [];
  const ask = terminal.prompt;
  const recorded = {
    ...terminal,
    ask: (question: Parameters<typeof ask>[0]) => {
      did.push(question.message);
      return ask(question);
    },
  };
  const store: LoginsDeps['store'] = {
    find: async () => undefined,
    selectStore: (flag) => (flag === 'file' ? 'file' : 'keychain'),
    describe: (kind) => `the ${kind}`,
    prepare: async (kind) => {
      did.push('prepare');
      if (storeError !== undefined) throw storeError;
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
      readStored: async () => setup.session && withSecrets<StoredSession>(setup.session),
      accessToken: async (options = {}) => {
        did.push('renew');
        sent.push(opened(options));
        return new Secret('renewed');
      },
    }),
    secrets: async () => createSecretSource({ terminal: recorded, env }),
    publicUaaResource: fakeResources([
      [
        createInfoEndpoint,
        { get: async () => ({ app: { version: '4.30.0' }, prompts: setup.prompts ?? {} }) },
      ],
    ]),
    logins: async () =>
      createLogins({
        store,
        requestToken: ({ clientSecret, ...client }, { kind, ...grant }, scope) => {
          const request = { ...client, clientSecret: clientSecret?.reveal(), grant: kind, scope };
          did.push('request');
          sent.push({ ...request, ...opened(grant) });
          return setup.refusal === undefined
            ? Promise.resolve(withSecrets<Token>({ ...token, ...setup.token }))
            : Promise.reject(setup.refusal);
        },
        probe: () => Promise.reject(new Error('only tpks login probes the API')),
        userName: async (_target, accessToken) => {
          did.push('userinfo');
          sent.push({ accessToken: accessToken.reveal() });
          if (setup.userName === undefined) throw new TpksError('forbidden', 'no openid');
          return setup.userName;
        },
        wantsJson: () => setup.wantsJson ?? false,
        warn: terminal.warn,
      }),
  };
  return { terminal, deps, did, sent, saved };
}

/** The members of a grant, with secrets in plain text and maps as objects. */
function opened(grant: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(grant).map(([name, value]: [string, unknown]) => [name, plain(value)]),
  );
}

function plain(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  return value instanceof Map
    ? opened(Object.fromEntries(value) as Record<string, unknown>)
    : value;
}
