import { readInfo, type UaaInfo } from '../../../../src/api/uaa/info.js';
import type { Services } from '../../../../src/app/services.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { NewLogin } from '../../../../src/domain/auth/login-store.js';
import { createLogins, type LoginsDeps } from '../../../../src/domain/auth/login.js';
import { createSecretSource } from '../../../../src/domain/auth/secrets.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import type { Settings } from '../../../../src/platform/config/settings.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { fakeResources } from '../../../support/fakes/fake-resources.js';
import { memorySettings } from '../../../support/fakes/memory-settings.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { selectingOnly } from '../../../support/fixtures/selections.js';

export const uaa = 'https://api.example.com:8443';

const token: Plain<Token> = {
  accessToken: 'secret-token',
  scope: 'scim.read scim.write',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T01:00:00Z'),
  clockOffsetSeconds: 0,
};

export interface Setup {
  /** What the user types, by prompt. */
  readonly terminalInput?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly settings?: Partial<Settings>;
  /** Why the store cannot be used. */
  readonly storeError?: TpksError;
  /** Fields of the token that the UAA issues. */
  readonly token?: Partial<Plain<Token>>;
  /** Why the UAA issues no token. */
  readonly tokenError?: TpksError;
  /** User name in `/userinfo`; if `undefined`, the token has no access to it. */
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
  | 'reportFormerTarget'
  | 'uaaContext'
  | 'secrets'
  | 'logins'
  | 'publicUaaRequest'
  | 'session'
>;

/**
 * Creates the dependencies of the token commands.
 * @returns also the steps of a command in order, its requests, and the logins that it saves.
 */
export function prepareTokenCommand(setup: Setup = {}) {
  const { terminalInput, stdin, env = {}, settings, storeError, interactive = true } = setup;
  const terminal = recordedTerminal(terminalInput, stdin);
  const settingsStore = memorySettings(settings ?? selectingOnly(uaa));
  const steps: string[] = [];
  const requests: Record<string, unknown>[] = [];
  const savedLogins: NewLogin[] = [];
  const terminalWithSteps: typeof terminal = {
    ...terminal,
    prompt: (options) => {
      steps.push(options.message);
      return terminal.prompt(options);
    },
  };
  const store: LoginsDeps['store'] = {
    keysFolder: '/keys',
    find: async () => undefined,
    selectStore: (flag) => Promise.resolve(flag === 'file' ? 'file' : 'keychain'),
    describe: (kind) => `${kind} store`,
    test: async () => {
      steps.push('prepare');
      if (storeError !== undefined) throw storeError;
    },
    save: async (login) => {
      steps.push('save');
      savedLogins.push(login);
      const { identity, grant, clientId, skipTlsVerification, store: kind } = login;
      return {
        name: login.name ?? `${identity}@api.example.com`,
        context: { identity, grant, clientId, uaa, skipTlsVerification, store: kind },
      };
    },
  };
  const deps: Deps = {
    terminal: terminalWithSteps,
    env,
    options: () => ({ json: false, interactive, color: false, trace: false }),
    settings: settingsStore,
    reportFormerTarget: async () => undefined,
    uaaContext: async () => {
      if (setup.context !== undefined) return setup.context;
      throw new TpksError('unauthenticated', 'no context');
    },
    session: () => ({
      readStored: async () => setup.session && withSecrets<StoredSession>(setup.session),
      accessToken: async (options = {}) => {
        steps.push('renew');
        requests.push(toPlainRecord(options));
        return new Secret('renewed');
      },
    }),
    secrets: createSecretSource({ terminal: terminalWithSteps, env }),
    publicUaaRequest: fakeResources([
      [readInfo, Promise.resolve({ app: { version: '4.30.0' }, prompts: setup.prompts ?? {} })],
    ]),
    logins: createLogins({
      store,
      requestToken: ({ clientSecret, ...client }, { kind, ...grant }, scope) => {
        const request = { ...client, clientSecret: clientSecret?.reveal(), grant: kind, scope };
        steps.push('request');
        requests.push({ ...request, ...toPlainRecord(grant) });
        return setup.tokenError === undefined
          ? Promise.resolve(withSecrets<Token>({ ...token, ...setup.token }))
          : Promise.reject(setup.tokenError);
      },
      probe: () => Promise.reject(new Error('only tpks login probes the API')),
      isUaa: () => Promise.resolve(true),
      requestUserName: async (_target, accessToken) => {
        steps.push('userinfo');
        requests.push({ accessToken: accessToken.reveal() });
        if (setup.userName === undefined) throw new TpksError('forbidden', 'no openid');
        return setup.userName;
      },
      writePksCredsCopy: async () => undefined,
      wantsJson: () => setup.wantsJson ?? false,
      warn: terminal.warn,
    }),
  };
  return { terminal, deps, steps, requests, savedLogins };
}

/** The members of a grant, with secrets in plain text and maps as objects. */
function toPlainRecord(grant: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(grant).map(([name, value]: [string, unknown]) => [name, toPlainValue(value)]),
  );
}

function toPlainValue(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  return value instanceof Map
    ? toPlainRecord(Object.fromEntries(value) as Record<string, unknown>)
    : value;
}
