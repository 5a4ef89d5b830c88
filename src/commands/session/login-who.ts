import type { Token } from '../../auth/token.js';
import type { Installation } from '../../contexts/installation.js';
import type { GrantKind } from '../../config/settings.js';
import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Services, Trust } from '../../services.js';
import { refuseUnattended, type BrowserFlags } from './browser-options.js';
import { loopbackPorts } from './loopback-ports.js';
import { findPasscode } from './passcode.js';

/** The flags of `login`, as commander reads them. */
export interface LoginFlags extends BrowserFlags {
  readonly api?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly clientName?: string;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly saveSecret?: boolean;
  readonly sso?: boolean;
  readonly ssoAuto?: boolean;
  readonly ssoPasscode?: string;
  readonly uaaUrl?: string;
  readonly caCert?: string;
  readonly skipSslValidation?: boolean;
  readonly skipSslVerification?: boolean;
  readonly name?: string;
  readonly store?: string;
}

/** Who logs in, with everything secret already in hand. */
export interface Who {
  readonly identity: string;
  readonly grant: GrantKind;
  /** The UAA client that the token will belong to. */
  readonly clientId: string;
  /** A client's secret. */
  readonly secret?: Secret;
  readonly token: () => Promise<Token>;
  /** What to check when the UAA rejects it. */
  readonly advice: string;
}

type Deps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'grants' | 'browserLogin' | 'info'
>;
interface Target {
  readonly at: Installation;
  readonly trust: Trust;
}

/** The UAA client of people; its secret is empty. @see pks-cli, section 3.1 */
const peoplesClient = 'pks_cli';

/**
 * Finds out who logs in, and asks for what is missing.
 * @throws {TpksError} `usage` for contradictions and for what is missing where nobody can be asked.
 */
export async function grantOf(flags: LoginFlags, target: Target, deps: Deps): Promise<Who> {
  const { env } = deps;
  const ways = [
    [flags.username ?? flags.password ?? flags.passwordStdin, '--username'],
    [flags.clientName ?? flags.clientSecret ?? flags.clientSecretFile, '--client-name'],
    [flags.sso ?? flags.ssoAuto ?? flags.ssoPasscode, '--sso'],
  ] as const;
  const chosen = ways.filter(([value]) => value !== undefined).map(([, way]) => way);
  if (chosen.length > 1) throw contradiction(chosen);
  const [way] = chosen;
  if (flags.saveSecret === true && way !== '--client-name' && !env['TPKS_CLIENT_NAME']) {
    throw new TpksError('usage', '--save-secret is for clients: a password is never kept', {
      hint: 'leave it out, or log in with --client-name',
    });
  }
  if (way === '--sso') return bySso(flags, target, deps);
  if (way === undefined && env['TPKS_USERNAME'] && env['TPKS_CLIENT_NAME']) {
    throw contradiction(['TPKS_USERNAME', 'TPKS_CLIENT_NAME']);
  }
  const isClient =
    way === '--client-name' || (way === undefined && Boolean(env['TPKS_CLIENT_NAME']));
  return isClient ? byClient(flags, target, deps) : byPassword(flags, target, deps);
}

async function byPassword(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { terminal, env, secrets, grants } = deps;
  const username =
    flags.username ??
    (env['TPKS_USERNAME'] ||
      (await terminal.ask({
        prompt: 'Username: ',
        insteadUse: 'use --username or TPKS_USERNAME',
      })));
  if (username === '')
    throw new TpksError('usage', 'The user name is empty', { hint: 'use -u NAME' });
  const password = await (
    await secrets()
  ).find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordStdin === true ? '-' : undefined,
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username, ...at },
    prompt: 'Password: ',
    refuseEmpty: true,
  });
  return {
    identity: username,
    grant: 'password',
    clientId: peoplesClient,
    advice: `check the user name and the password; with single sign-on: tpks login -a ${new URL(at.api).hostname} --sso`,
    token: async () => {
      const of = await grants({
        ...trust,
        uaa: at.uaa,
        clientId: peoplesClient,
        clientSecret: none,
      });
      return of.password({ username, password });
    },
  };
}

async function byClient(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { env, secrets, grants } = deps;
  const clientId = flags.clientName ?? env['TPKS_CLIENT_NAME'] ?? '';
  if (clientId === '') {
    throw new TpksError('usage', 'A client secret was given, but no client', {
      hint: 'use --client-name NAME or TPKS_CLIENT_NAME',
    });
  }
  const fromStdin = flags.clientSecret === '-';
  const secret = await (
    await secrets()
  ).find({
    value: fromStdin ? undefined : flags.clientSecret,
    valueFlag: '--client-secret',
    file: fromStdin ? '-' : flags.clientSecretFile,
    fileFlag: '--client-secret-file',
    variable: 'TPKS_CLIENT_SECRET',
    recipient: { name: clientId, ...at },
    prompt: 'Client secret: ',
  });
  return {
    identity: clientId,
    grant: 'client_credentials',
    clientId,
    secret,
    advice: 'check the client’s name and its secret',
    token: async () =>
      (await grants({ ...trust, uaa: at.uaa, clientId, clientSecret: secret })).clientCredentials(),
  };
}

async function bySso(flags: LoginFlags, target: Target, deps: Deps): Promise<Who> {
  const isAuto = flags.ssoAuto === true && flags.ssoPasscode === undefined;
  return (
    (isAuto ? await byBrowser(flags, target, deps) : undefined) ?? byPasscode(flags, target, deps)
  );
}

/** @returns `undefined` where the UAA would not send the browser back to this machine. */
async function byBrowser(
  { api, browser, browserTimeout }: LoginFlags,
  { at, trust }: Target,
  { terminal, options, browserLogin }: Deps,
): Promise<Who | undefined> {
  refuseUnattended(options(), 'use --password-stdin or --client-name');
  const client = { ...trust, uaa: at.uaa, clientId: peoplesClient, clientSecret: none };
  const pending = await (
    await browserLogin(client)
  ).begin({
    clientId: peoplesClient,
    responseType: 'code',
    path: '/callback',
    ports: loopbackPorts,
    limitSeconds: browserTimeout,
    opensBrowser: browser,
    withoutBrowser: `tpks login -a ${api ?? new URL(at.api).host} --sso`,
  });
  if (!pending.isWelcome) {
    await pending.cancel();
    terminal.note(
      `The UAA does not let ${peoplesClient} come back to ${pending.redirectUri}: a code will do instead.`,
    );
    return undefined;
  }
  return {
    identity: 'sso',
    grant: 'authorization_code',
    clientId: peoplesClient,
    advice: 'run the command again; a code from the UAA’s passcode page works too: --sso',
    token: pending.token,
  };
}

async function byPasscode(flags: LoginFlags, { at, trust }: Target, deps: Deps): Promise<Who> {
  const { grants, info, terminal } = deps;
  const page = `${at.uaa}/passcode`;
  const passcode = await findPasscode(
    {
      typed: flags.ssoPasscode,
      page,
      flag: '--sso-passcode',
      question: async () => {
        const { prompts } = await (await info({ ...trust, uaa: at.uaa })).get();
        const note = prompts['passcode']?.[1] ?? `One Time Code ( Get one at ${page} )`;
        return { note, prompt: 'Passcode: ' };
      },
    },
    terminal,
  );
  return {
    identity: 'sso',
    grant: 'passcode',
    clientId: peoplesClient,
    advice: `a code works once and for five minutes; get a new one at ${page}`,
    token: async () => {
      const of = await grants({
        ...trust,
        uaa: at.uaa,
        clientId: peoplesClient,
        clientSecret: none,
      });
      return of.passcode({ passcode });
    },
  };
}

const none = new Secret('');

function contradiction(ways: readonly string[]): TpksError {
  return new TpksError('usage', `${ways.join(' and ')} contradict each other`, {
    hint: 'log in either as a user, or as a client, or with single sign-on',
  });
}
