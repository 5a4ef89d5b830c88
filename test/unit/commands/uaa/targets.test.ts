import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { readInfo, type UaaInfo } from '../../../../src/api/uaa/info.js';
import { createContextServices } from '../../../../src/app/contexts.js';
import type { CreateUaaResource } from '../../../../src/app/resources.js';
import type { GlobalOptions } from '../../../../src/app/runtime.js';
import type { Services } from '../../../../src/app/services.js';
import { TpksError } from '../../../../src/base/errors.js';
import { lazy } from '../../../../src/base/lazy.js';
import { findLink } from '../../../../src/base/link.js';
import { Secret } from '../../../../src/base/secret.js';
import { contextsCommand, selectContext } from '../../../../src/commands/uaa/contexts.js';
import { info } from '../../../../src/commands/uaa/server.js';
import { selectTarget, targetsCommand } from '../../../../src/commands/uaa/targets.js';
import type { Session } from '../../../../src/domain/auth/session.js';
import { findSelection } from '../../../../src/domain/contexts/current-installation.js';
import type { ContextSettings, Settings } from '../../../../src/platform/config/settings.js';
import type { Trust } from '../../../../src/platform/http/send.js';
import { displayWidth } from '../../../../src/platform/terminal/lines.js';
import { fakeResources } from '../../../support/fakes/fake-resources.js';
import { memorySettings } from '../../../support/fakes/memory-settings.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal, withScreen } from '../../../support/fakes/recorded-terminal.js';
import { selecting, selectingOnly } from '../../../support/fixtures/selections.js';
import { createCertificates } from '../../../support/servers/certificates.js';

const { ca } = await createCertificates();
const north = 'https://north.example.com:8443';
const south = 'https://south.example.com:8443';

const admin = (uaa: string): ContextSettings => ({
  identity: 'admin',
  grant: 'client_credentials',
  clientId: 'admin',
  uaa,
  skipTlsVerification: false,
  store: 'file',
});
const alana = (uaa: string): ContextSettings => ({
  identity: 'alana',
  grant: 'password',
  clientId: 'pks_cli',
  uaa,
  skipTlsVerification: false,
  store: 'file',
});

interface UaaRequest extends Trust {
  readonly uaa: string;
}

/** Creates the dependencies of the target commands and records the requests. */
function prepareTargetCommand(
  settings: Partial<Settings> = {},
  { env = {}, flag }: { env?: NodeJS.ProcessEnv; flag?: string } = {},
) {
  const terminal = recordedTerminal();
  const settingsStore = memorySettings(settings);
  const requests: UaaRequest[] = [];
  let respond = async (): Promise<UaaInfo> => ({ app: { version: '4.30.0' }, prompts: {} });
  const options = (): GlobalOptions => ({
    context: flag,
    json: false,
    interactive: true,
    color: false,
    trace: false,
  });
  const session = () => ({
    accessToken: async () => new Secret('secret-token'),
    readStored: async () => ({
      accessToken: new Secret('secret-token'),
      scope: 'scim.read scim.write',
      expiresAt: '2026-11-25T02:00:00.000Z',
      lifetimeSeconds: 600,
      clockOffsetSeconds: 0,
    }),
  });
  // Each command creates its own services, which remember what they found.
  const contextServices = () =>
    createContextServices({
      ...{ terminal, env, options, session, platform: 'linux', link: findLink('tpks') },
      settings: settingsStore,
      hasSession: () => Promise.reject(new Error('not used')),
    });
  const deps = {
    terminal,
    clock: fixedClock(),
    env,
    options,
    settings: settingsStore,
    publicUaaRequest: async <T>(request: CreateUaaResource<Promise<T>>, target: UaaRequest) => {
      requests.push(target);
      return fakeResources([[readInfo, respond()]])(request);
    },
    uaaContext: () => contextServices().uaaContext(),
    identities: () => contextServices().identities(),
    reportFormerTarget: () => contextServices().reportFormerTarget(),
    session,
  } satisfies Pick<
    Services,
    | 'terminal'
    | 'clock'
    | 'env'
    | 'options'
    | 'settings'
    | 'publicUaaRequest'
    | 'uaaContext'
    | 'identities'
    | 'reportFormerTarget'
    | 'session'
  >;
  return {
    terminal,
    settingsStore,
    requests,
    deps,
    setResponse: (next: typeof respond) => {
      respond = next;
    },
  };
}

/** Runs a command without arguments. */
async function runCommand(
  define: (command: Command, services: Services) => void,
  deps: object,
): Promise<void> {
  const command = new Command();
  define(command, deps as Services);
  await command.parseAsync([], { from: 'user' });
}

describe('uaa target URL', () => {
  test('requests the server information and saves the URL with the missing scheme', async () => {
    const { deps, settingsStore, requests, terminal } = prepareTargetCommand();
    await selectTarget({ url: 'North.example.com:8443/' }, deps);
    const trustCommand = `tpks uaa target ${north} --ca-cert FILE`;
    expect(requests).toMatchObject([{ uaa: north, skipTlsVerification: false, trustCommand }]);
    expect(await settingsStore.read()).toMatchObject({
      selections: { tpks: { uaa: north } },
      targets: [{ uaa: north }],
    });
    expect(terminal.lines).toEqual(['', `Target: ${north}`, '']);
    expect(terminal.json).toEqual([
      { uaa: north, hasCaCert: false, skipTlsVerification: false, context: null, clientId: null },
    ]);
  });

  test('sends no request with --force', async () => {
    const { deps, settingsStore, requests } = prepareTargetCommand();
    await selectTarget({ url: north, force: true }, deps);
    expect(requests).toEqual([]);
    expect(findSelection(await settingsStore.read()).uaa).toBe(north);
  });

  test('keeps the CA and the TLS mode of a known target', async () => {
    const { deps, settingsStore } = prepareTargetCommand({
      targets: [{ uaa: north, caCert: 'PEM', skipTlsVerification: true }],
    });
    await selectTarget({ url: north }, deps);
    expect((await settingsStore.read()).targets).toMatchObject([
      { uaa: north, caCert: 'PEM', skipTlsVerification: true },
    ]);
  });

  test('turns TLS verification on again for the current target without a URL', async () => {
    const targets = [{ uaa: north, caCert: 'PEM', skipTlsVerification: true }];
    const { deps, settingsStore } = prepareTargetCommand(selectingOnly(north, { targets }));
    await selectTarget({ skipSslValidation: false }, deps);
    expect((await settingsStore.read()).targets).toMatchObject([
      { uaa: north, caCert: 'PEM', skipTlsVerification: false },
    ]);
  });

  test('updates the contexts of the target to verify TLS and to use the new CA', async () => {
    const { deps, settingsStore } = prepareTargetCommand(
      selectingOnly(north, {
        targets: [{ uaa: north, caCert: 'OLD', skipTlsVerification: true }],
        contexts: {
          'admin@north': { ...admin(north), caCert: 'OLD', skipTlsVerification: true },
          'alana@north': { ...alana(north), caCert: 'OTHER', skipTlsVerification: true },
          'admin@south': { ...admin(south), caCert: 'OLD', skipTlsVerification: true },
        },
      }),
    );
    await selectTarget({ caCert: ca.cert, skipSslValidation: false }, deps);
    const { contexts: savedContexts, targets: savedTargets } = await settingsStore.read();
    const caCert = savedTargets[0]?.caCert;
    expect(caCert).toContain('BEGIN CERTIFICATE');
    expect(savedContexts).toMatchObject({
      'admin@north': { caCert, skipTlsVerification: false },
      'alana@north': { caCert: 'OTHER', skipTlsVerification: false },
      'admin@south': { caCert: 'OLD', skipTlsVerification: true },
    });
  });

  test('does not turn TLS verification off in existing contexts with --skip-ssl-validation', async () => {
    const { deps, settingsStore } = prepareTargetCommand({
      contexts: { 'alana@north': alana(north) },
    });
    await selectTarget({ url: north, skipSslValidation: true }, deps);
    expect((await settingsStore.read()).contexts['alana@north']?.skipTlsVerification).toBe(false);
  });
});

describe('uaa target N', () => {
  const settings = selectingOnly(north, {
    targets: [
      { uaa: north, skipTlsVerification: false },
      { uaa: south, skipTlsVerification: false },
    ],
  });

  test('accepts the number that tpks uaa targets shows', async () => {
    const { deps, settingsStore } = prepareTargetCommand(settings);
    await selectTarget({ url: '1' }, deps);
    expect(findSelection(await settingsStore.read()).uaa).toBe(south);
  });

  test('rejects any other number', async () => {
    const { deps } = prepareTargetCommand(settings);
    await expect(selectTarget({ url: '2' }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'invalid target index 2',
      hint: 'run tpks uaa targets to list the targets',
    });
  });
});

describe('the target that commands use', () => {
  test('is missing at first', async () => {
    const { deps, terminal } = prepareTargetCommand();
    await selectTarget({}, deps);
    await runCommand(targetsCommand.define, deps);
    await runCommand(contextsCommand.define, deps);
    expect(terminal.lines).toEqual(['no target set', 'no targets', 'no contexts']);
    await expect(runCommand(info.define, deps)).rejects.toMatchObject({
      kind: 'usage',
      message: 'no target set',
    });
  });

  test('is the UAA of --context, even if another target is selected', async () => {
    const { deps, requests } = prepareTargetCommand(
      selectingOnly(north, { contexts: { 'admin@south': admin(south) } }),
      { flag: 'admin@south' },
    );
    await runCommand(info.define, deps);
    expect(requests).toMatchObject([{ uaa: south }]);
  });

  test.each([
    [{ TPKS_UAA_URL: 'https://other.example.com/uaa/' }, 'https://other.example.com/uaa'],
    [{ TPKS_API: 'south.example.com' }, south],
  ])('is the UAA of %j, even if another target is selected', async (env, uaa) => {
    const { deps, requests } = prepareTargetCommand(selectingOnly(north), { env });
    await runCommand(info.define, deps);
    expect(requests).toMatchObject([{ uaa }]);
  });

  test('is described by uaa info as YAML', async () => {
    const { deps, terminal } = prepareTargetCommand(selectingOnly(north));
    await runCommand(info.define, deps);
    expect(terminal.lines).toEqual(['app:', '  version: 4.30.0', 'prompts: {}']);
  });
});

describe('uaa context', () => {
  const contexts = {
    'alana@south': alana(south),
    'admin@north': admin(north),
    'alana@north': alana(north),
  };
  const settings = selecting({ uaa: 'admin@north' }, { contexts });

  test.each([
    ['alana@south', 'alana@south', south],
    ['0', 'alana@south', south],
    ['ALANA', 'alana@north', north],
  ])('%s selects %s and its installation', async (argument, name, uaa) => {
    const { deps, settingsStore } = prepareTargetCommand(settings);
    await selectContext({ name: argument }, deps);
    expect(findSelection(await settingsStore.read())).toMatchObject({
      uaa,
      identities: { [uaa]: { uaa: name } },
    });
  });

  test('shows scopes and the expiry, but no token', async () => {
    const { deps, terminal } = prepareTargetCommand(settings);
    await selectContext({}, deps);
    expect(terminal.json).toEqual([
      {
        name: 'admin@north',
        identity: 'admin',
        clientId: 'admin',
        grant: 'client_credentials',
        origin: undefined,
        uaa: north,
        api: 'https://north.example.com:9021',
        hasCaCert: false,
        skipTlsVerification: false,
        store: 'file',
        scopes: ['scim.read', 'scim.write'],
        accessTokenExpiresAt: '2026-11-25T02:00:00.000Z',
      },
    ]);
    expect(terminal.lines.join('\n')).not.toContain('secret-token');
  });

  test('shows the context without scopes if the keychain is locked', async () => {
    const { deps, terminal } = prepareTargetCommand(settings);
    const locked = {
      ...deps,
      session: () =>
        lazy<Session>(() => Promise.reject(new TpksError('keychain', 'The keychain is locked'))),
    };
    await selectContext({}, locked);
    expect(terminal.warnings).toEqual(['the session cannot be read: The keychain is locked']);
    expect(terminal.json).toMatchObject([{ name: 'admin@north', scopes: null }]);
  });

  test('contexts shows the number of each context, but no token', async () => {
    const { deps, terminal } = prepareTargetCommand(settings);
    await runCommand(contextsCommand.define, deps);
    expect(terminal.lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '# Name User or client From client Grant UAA',
      `0 alana@south alana pks_cli password ${south}`,
      `1 * admin@north admin admin client_credentials ${north}`,
      `2 alana@north alana pks_cli password ${north}`,
    ]);
    expect(terminal.json).toMatchObject([
      [{ number: 0 }, { number: 1, name: 'admin@north', currentUaa: true }, { number: 2 }],
    ]);
  });

  test.each([60, 80, 120, 200])(
    'a terminal with %i columns shows the numbers, the names and what is current',
    async (columns) => {
      const { deps, terminal } = prepareTargetCommand(settings);
      const onTerminal = { ...deps, terminal: withScreen(terminal, columns) };
      await runCommand(contextsCommand.define, onTerminal);
      await runCommand(targetsCommand.define, onTerminal);
      expect(terminal.lines).toEqual([
        expect.stringMatching(/^# +NAME +USER OR CLI/),
        expect.stringMatching(/^0 +alana@south +alana\b/),
        expect.stringMatching(/^1 {2}\* {2}admin@north +admin\b/),
        expect.stringMatching(/^2 +alana@north +alana\b/),
        expect.stringMatching(/^# +UAA +TLS +CA$/),
        expect.stringMatching(/^0 +https:.*verified +system$/),
        expect.stringMatching(/^1 {2}\* {2}https:.*verified +system$/),
      ]);
      expect(Math.max(...terminal.lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    },
  );
});
