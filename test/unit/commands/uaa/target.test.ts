import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { selectContext } from '../../../../src/commands/uaa/target/context.js';
import { define as defineContexts } from '../../../../src/commands/uaa/target/contexts.js';
import { info } from '../../../../src/commands/uaa/target/info.js';
import { selectTarget } from '../../../../src/commands/uaa/target/target.js';
import { define as defineTargets } from '../../../../src/commands/uaa/target/targets.js';
import { requireContext } from '../../../../src/contexts/resolve-context.js';
import type { ContextSettings, Settings } from '../../../../src/config/settings.js';
import { TpksError } from '../../../../src/errors.js';
import type { Trust } from '../../../../src/http/send.js';
import type { GlobalOptions, Services } from '../../../../src/services.js';
import type { LoadUaaResource } from '../../../../src/services/uaa.js';
import { createInfoEndpoint } from '../../../../src/uaa/info.js';
import { makeCertificates } from '../../../support/certificates.js';
import { memorySettings } from '../../../support/memory-settings.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { fakeResources } from '../../../support/fake-resources.js';
import { Secret } from '../../../../src/secret.js';

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
  ...admin(uaa),
  identity: 'alana',
  grant: 'password',
  clientId: 'pks_cli',
});

interface Asked extends Trust {
  readonly uaa: string;
}

/** The commands of this folder on a machine of their own. */
function machine(
  start: Partial<Settings> = {},
  { env = {}, flag }: { env?: NodeJS.ProcessEnv; flag?: string } = {},
) {
  const terminal = recordedTerminal();
  const file = memorySettings(start);
  const asked: Asked[] = [];
  let answer = async (): Promise<{
    app: { version: string };
    prompts: Record<string, [string, string]>;
  }> => ({
    app: { version: '4.30.0' },
    prompts: {},
  });
  const options = (): GlobalOptions => ({
    context: flag,
    json: false,
    interactive: true,
    color: false,
    trace: false,
  });
  const deps = {
    terminal,
    env,
    options,
    settings: async () => file,
    publicUaaResource: async <T>(load: LoadUaaResource<T>, to: Asked) => {
      asked.push(to);
      return fakeResources([[createInfoEndpoint, { get: () => answer() }]])(load);
    },
    uaaContext: async () =>
      requireContext({ settings: await file.read(), env, flags: { context: flag }, forUaa: true }),
    session: async () => ({
      accessToken: async () => new Secret('secret-token'),
      readStored: async () => ({
        accessToken: new Secret('secret-token'),
        scope: 'scim.read scim.write',
        expiresAt: '2026-11-25T02:00:00.000Z',
        lifetimeSeconds: 600,
        clockOffsetSeconds: 0,
      }),
    }),
  } satisfies Pick<
    Services,
    'terminal' | 'env' | 'options' | 'settings' | 'publicUaaResource' | 'uaaContext' | 'session'
  >;
  return {
    terminal,
    file,
    asked,
    deps,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

/** Runs a command without arguments. */
async function runLeaf(
  define: (command: Command, services: Services) => void,
  deps: object,
): Promise<void> {
  const command = new Command();
  define(command, deps as Services);
  await command.parseAsync([], { from: 'user' });
}

describe('uaa target URL', () => {
  test('asks the server and remembers it, with the scheme that was left out', async () => {
    const { deps, file, asked, terminal } = machine();
    await selectTarget({ url: 'North.example.com:8443/' }, deps);
    expect(asked).toMatchObject([{ uaa: north, skipTlsVerification: false }]);
    expect(await file.read()).toMatchObject({ uaaTarget: north, targets: [{ uaa: north }] });
    expect(terminal.lines).toEqual(['', `Target: ${north}`, '']);
    expect(terminal.json).toEqual([
      { uaa: north, hasCaCert: false, skipTlsVerification: false, context: null, clientId: null },
    ]);
  });

  test('--force asks nobody', async () => {
    const { deps, file, asked } = machine();
    await selectTarget({ url: north, force: true }, deps);
    expect(asked).toEqual([]);
    expect((await file.read()).uaaTarget).toBe(north);
  });

  test.each(['failed', 'unavailable', 'untrusted'] as const)(
    'saves nothing when the server turns out %s',
    async (kind) => {
      const { deps, file, answerWith } = machine();
      const before = await file.read();
      answerWith(async () => {
        throw new TpksError(kind, 'no');
      });
      await expect(selectTarget({ url: north }, deps)).rejects.toMatchObject({ kind });
      expect(await file.read()).toBe(before);
    },
  );

  test('an unknown CA leads to the flag of this command', async () => {
    const { deps, asked } = machine();
    await selectTarget({ url: north }, deps);
    expect(asked).toMatchObject([{ trustCommand: `tpks uaa target ${north} --ca-cert FILE` }]);
  });

  test('http is refused', async () => {
    const { deps } = machine();
    await expect(selectTarget({ url: 'http://north.example.com' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'tpks uaa target https://api.example.com:8443',
    });
  });

  test('keeps the CA and the TLS mode of a target that is known', async () => {
    const { deps, file } = machine({
      targets: [{ uaa: north, caCert: 'PEM', skipTlsVerification: true }],
    });
    await selectTarget({ url: north }, deps);
    expect((await file.read()).targets).toMatchObject([
      { uaa: north, caCert: 'PEM', skipTlsVerification: true },
    ]);
  });

  test('trusts another path of a server as it trusts the first', async () => {
    const { deps, asked } = machine({
      targets: [{ uaa: north, caCert: 'PEM', skipTlsVerification: false }],
    });
    await selectTarget({ url: `${north}/uaa` }, deps);
    expect(asked).toMatchObject([{ uaa: `${north}/uaa`, caCert: 'PEM' }]);
  });

  test('the TLS mode can be taken back, also without saying the URL again', async () => {
    const { deps, file } = machine({
      uaaTarget: north,
      targets: [{ uaa: north, caCert: 'PEM', skipTlsVerification: true }],
    });
    await selectTarget({ skipSslValidation: false }, deps);
    expect((await file.read()).targets).toMatchObject([
      { uaa: north, caCert: 'PEM', skipTlsVerification: false },
    ]);
  });

  test('its contexts follow it back to verifying, and to another CA', async () => {
    const { ca } = await makeCertificates();
    const { deps, file } = machine({
      uaaTarget: north,
      targets: [{ uaa: north, caCert: 'OLD', skipTlsVerification: true }],
      contexts: {
        'admin@north': { ...admin(north), caCert: 'OLD', skipTlsVerification: true },
        'alana@north': { ...alana(north), caCert: 'HERS', skipTlsVerification: true },
        'admin@south': { ...admin(south), caCert: 'OLD', skipTlsVerification: true },
      },
    });
    await selectTarget({ caCert: ca.cert, skipSslValidation: false }, deps);
    const { contexts: after, targets: known } = await file.read();
    const caCert = known[0]?.caCert;
    expect(caCert).toContain('BEGIN CERTIFICATE');
    expect(after).toMatchObject({
      'admin@north': { caCert, skipTlsVerification: false },
      'alana@north': { caCert: 'HERS', skipTlsVerification: false },
      'admin@south': { caCert: 'OLD', skipTlsVerification: true },
    });
  });

  test('no context becomes less careful by --skip-ssl-validation', async () => {
    const { deps, file } = machine({ contexts: { 'alana@north': alana(north) } });
    await selectTarget({ url: north, skipSslValidation: true }, deps);
    expect((await file.read()).contexts['alana@north']?.skipTlsVerification).toBe(false);
  });

  test('keeps the certificates of --ca-cert themselves', async () => {
    const { ca } = await makeCertificates();
    const { deps, file, asked } = machine();
    await selectTarget({ url: north, caCert: ca.cert }, deps);
    expect(asked[0]?.caCert).toContain('BEGIN CERTIFICATE');
    expect((await file.read()).targets[0]?.caCert).toBe(asked[0]?.caCert);
  });
});

describe('uaa target N', () => {
  const start = {
    targets: [
      { uaa: north, skipTlsVerification: false },
      { uaa: south, skipTlsVerification: false },
    ],
    uaaTarget: north,
  };

  test('takes the number that `targets` shows', async () => {
    const { deps, file } = machine(start);
    await selectTarget({ url: '1' }, deps);
    expect((await file.read()).uaaTarget).toBe(south);
  });

  test('refuses any other', async () => {
    const { deps } = machine(start);
    await expect(selectTarget({ url: '2' }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'invalid target index 2',
      hint: 'tpks uaa targets',
    });
  });
});

describe('turning from one UAA to another', () => {
  test('never leaves the context of the first in force', async () => {
    const { deps, file } = machine({
      contexts: { 'admin@north': admin(north) },
      currentUaa: 'admin@north',
      uaaTarget: north,
    });
    await selectTarget({ url: south }, deps);
    const settings = await file.read();
    expect(settings.currentUaa).toBeUndefined();
    expect(() => requireContext({ settings, env: {}, forUaa: true })).toThrow(
      `There is no token for ${south}`,
    );
  });

  test('nor that of a login elsewhere', async () => {
    const { deps, file, terminal } = machine({
      contexts: { 'alana@north': alana(north) },
      current: 'alana@north',
    });
    await selectTarget({ url: south }, deps);
    expect((await file.read()).uaaTarget).toBe(south);
    await expect(deps.uaaContext()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(terminal.lines).not.toContainEqual(expect.stringContaining('Context'));
  });

  test('takes up the context that was last used there', async () => {
    const { deps, file, terminal } = machine({
      contexts: {
        'admin@north': admin(north),
        'alana@north': alana(north),
        'admin@south': admin(south),
      },
      currentUaa: 'alana@north',
      uaaTarget: north,
    });
    await selectTarget({ url: south }, deps);
    expect((await file.read()).currentUaa).toBe('admin@south');
    await selectTarget({ url: north }, deps);
    expect((await file.read()).currentUaa).toBe('alana@north');
    expect(terminal.lines).toContain('Context: alana@north, from client pks_cli');
  });

  test('does not guess between several', async () => {
    const { deps, file } = machine({
      contexts: { 'admin@south': admin(south), 'alana@south': alana(south) },
    });
    await selectTarget({ url: south }, deps);
    expect((await file.read()).currentUaa).toBeUndefined();
  });

  test('leaves the login of the same installation to its own pointer', async () => {
    const { deps, file, terminal } = machine({
      contexts: { 'admin@north': admin(north), 'alana@north': alana(north) },
      current: 'alana@north',
    });
    await selectTarget({ url: north }, deps);
    expect((await file.read()).currentUaa).toBeUndefined();
    expect((await deps.uaaContext()).name).toBe('alana@north');
    expect(terminal.lines).toContain('Context: alana@north, from client pks_cli');
  });
});

describe('what is in force', () => {
  test('no target', async () => {
    const { deps, terminal } = machine();
    await selectTarget({}, deps);
    await runLeaf(defineTargets, deps);
    await runLeaf(defineContexts, deps);
    expect(terminal.lines).toEqual(['no target set', 'no targets', 'no contexts']);
    await expect(runLeaf(info.define, deps)).rejects.toMatchObject({
      kind: 'usage',
      message: 'no target set',
    });
  });

  test('the UAA of a login is a target like any other', async () => {
    const { deps, terminal, asked } = machine({
      contexts: { 'alana@north': { ...alana(north), caCert: 'PEM' } },
      current: 'alana@north',
    });
    await runLeaf(defineTargets, deps);
    expect(terminal.lines).toEqual([
      '#     UAA                             TLS       CA',
      `0  *  ${north}  verified  custom`,
    ]);
    await runLeaf(info.define, deps);
    expect(asked).toMatchObject([{ uaa: north, caCert: 'PEM' }]);
  });

  test('--context decides before the target', async () => {
    const { deps, asked } = machine(
      { contexts: { 'admin@south': admin(south) }, uaaTarget: north },
      { flag: 'admin@south' },
    );
    await runLeaf(info.define, deps);
    expect(asked).toMatchObject([{ uaa: south }]);
  });

  test.each([
    [{ TPKS_UAA_URL: 'https://other.example.com/uaa/' }, 'https://other.example.com/uaa'],
    [{ TPKS_API: 'south.example.com' }, south],
  ])('%j decides before the target', async (env, uaa) => {
    const { deps, asked } = machine({ uaaTarget: north }, { env });
    await runLeaf(info.define, deps);
    expect(asked).toMatchObject([{ uaa }]);
  });

  test('the server’s answer is shown as YAML', async () => {
    const { deps, terminal } = machine({ uaaTarget: north });
    await runLeaf(info.define, deps);
    expect(terminal.lines).toEqual(['app:', '  version: 4.30.0', 'prompts: {}']);
  });
});

describe('uaa context', () => {
  const start = {
    contexts: {
      'alana@south': alana(south),
      'admin@north': admin(north),
      'alana@north': alana(north),
    },
    currentUaa: 'admin@north',
    uaaTarget: north,
  };

  test.each([
    ['alana@south', 'alana@south', south],
    ['0', 'alana@south', south],
    ['ALANA', 'alana@north', north],
  ])('%s chooses %s and its UAA', async (typed, name, uaa) => {
    const { deps, file } = machine(start);
    await selectContext({ name: typed }, deps);
    expect(await file.read()).toMatchObject({ currentUaa: name, uaaTarget: uaa });
  });

  test.each(['nobody', '3'])('%s is unknown', async (typed) => {
    const { deps } = machine(start);
    await expect(selectContext({ name: typed }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: `Context ${typed} not found`,
      hint: 'run tpks uaa contexts to list the contexts',
    });
  });

  test('an identity with several contexts at the target names none', async () => {
    const { deps } = machine({
      ...start,
      contexts: { ...start.contexts, 'alana.other@north': alana(north) },
    });
    await expect(selectContext({ name: 'alana' }, deps)).rejects.toMatchObject({
      message: 'alana matches several contexts: alana@north, alana.other@north',
    });
  });

  test('shows scopes and the end, never a token', async () => {
    const { deps, terminal } = machine(start);
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

  test('tells the rest when the keychain does not open', async () => {
    const { deps, terminal } = machine(start);
    const locked = {
      ...deps,
      session: async () => {
        throw new TpksError('keychain', 'The keychain is locked');
      },
    };
    await selectContext({}, locked);
    expect(terminal.warnings).toEqual(['the session cannot be read: The keychain is locked']);
    expect(terminal.json).toMatchObject([{ name: 'admin@north', scopes: null }]);
  });

  test('the list has the numbers, and no token either', async () => {
    const { deps, terminal } = machine(start);
    await runLeaf(defineContexts, deps);
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
});
