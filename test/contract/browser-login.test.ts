import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { browserFlow, redirectUriOf } from '../support/browser-flow.js';
import { createUser } from '../support/cli.js';
import { describeIfPart } from '../support/optional-part.js';
import { browserScene, patiently, sessionsOf, windows } from './browser-scene.js';
import { servers, serversOfTheirOwn, type ContractServer } from './servers.js';

describeIfPart('chromium', 'login --sso-auto', () => {
  const newWindow = windows();

  /** A UAA with a PKS API behind it. */
  function installation(start: () => Promise<ContractServer>) {
    const scene = browserScene(start);
    let behind: Sandbox;
    beforeAll(async () => {
      const { uaa, pksClientSecret } = scene.server();
      behind = await startSandbox({ apiPort: 0, uaa, uaaCa: scene.caCert(), pksClientSecret });
    }, 60_000);
    afterAll(() => behind.close());
    const words = (waiting = patiently) => [
      ...['login', '--sso-auto', ...waiting],
      ...['-a', behind.api, '--uaa-url', behind.uaa, '--ca-cert', behind.caCert],
    ];
    return { ...scene, words, at: () => `-a ${behind.api} --uaa-url ${behind.uaa}` };
  }

  describe.each(servers)('%s', (_name, start) => {
    const { newUser, words } = installation(start);

    test('a person logs in and consents, and tpks has a session that lasts', async () => {
      const [person, name] = [createUser(), await newUser('pks.clusters.manage')];
      const flow = browserFlow(person, words());
      const window = await newWindow();
      await window.login(await flow.address(), name);
      await window.decide('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      const { code, stdout } = await flow.ended;
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`User: ${name}\nLogin successful.`),
      });
      expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
      const context = `${name}@localhost`;
      const { accessToken } = await person.session(context);
      await person.alter(context, { expiresAt: new Date(Date.now() - 1000).toISOString() });
      expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
      expect((await person.session(context)).accessToken).not.toBe(accessToken);
    });
  });

  describe.each(serversOfTheirOwn)('%s', (_name, start) => {
    const { newUser, words, at, server } = installation(start);

    test('a user without a scope for the API is logged in to the UAA only', async () => {
      const [person, name] = [createUser(), await newUser()];
      const flow = browserFlow(person, words());
      const window = await newWindow();
      await window.login(await flow.address(), name);
      await window.decide('authorize');
      expect(await window.outcome()).toMatchObject({ title: 'Logged in to the UAA' });
      const { code, stderr } = await flow.ended;
      expect(code).toBe(1);
      expect(stderr).toContain(`Error: ${name} has no scope that allows access to the API`);
      expect(sessionsOf(person)).toEqual([]);
    });

    test('a person who denies reads so, and nothing is kept', async () => {
      const [person, name] = [createUser(), await newUser('pks.clusters.manage')];
      const flow = browserFlow(person, words());
      const window = await newWindow();
      await window.login(await flow.address(), name);
      await window.decide('deny');
      expect(await window.outcome()).toMatchObject({
        isGood: false,
        text: expect.stringContaining('The login was denied'),
      });
      const { code, stdout } = await flow.ended;
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(sessionsOf(person)).toEqual([]);
    });

    test('a window that was closed ends it when the time is up, and says what else works', async () => {
      const person = createUser();
      const flow = browserFlow(person, words(['--browser-timeout', '1']));
      const window = await newWindow();
      await window.page.goto((await flow.address()).href);
      await window.page.close();
      const { code, stdout, stderr } = await flow.ended;
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toContain(
        `Error: The browser login at ${new URL(server().uaa).host} was not finished within 1 s\n` +
          'Hint: run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
          `      or log in without a browser on this machine: tpks login ${at()} --sso\n`,
      );
      expect(sessionsOf(person)).toEqual([]);
    });

    test.each(['none', 'fails'] as const)(
      'without a browser here (%s) the address is told, and a person may open it',
      async (browser) => {
        const [person, name] = [createUser(), await newUser('pks.clusters.manage')];
        const flow = browserFlow(person, words(), browser);
        const window = await newWindow();
        const address = await flow.address();
        await window.login(address, name);
        await window.decide('authorize');
        expect(await window.outcome()).toMatchObject({ isGood: true });
        const { code, stderr } = await flow.ended;
        expect(code).toBe(0);
        const { port } = redirectUriOf(address);
        expect(stderr).toContain(
          'Could not open a browser. Open the URL above manually.\n' +
            'If the browser is on another machine, run this command there first: ' +
            `ssh -L ${port}:localhost:${port} THIS_HOST\n`,
        );
      },
    );

    test('where a port is taken the next one is, and the UAA knows it', async () => {
      const [person, name] = [createUser(), await newUser('pks.clusters.manage')];
      // Somebody else on this machine may have it already, which is as good.
      const other = createServer()
        .on('error', () => undefined)
        .listen(28443, '127.0.0.1');
      await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => undefined);
      try {
        const flow = browserFlow(person, words());
        const window = await newWindow();
        const address = await flow.address();
        expect(redirectUriOf(address).port).toMatch(/^2844[45]$/);
        await window.login(address, name);
        await window.decide('authorize');
        expect(await window.outcome()).toMatchObject({ isGood: true });
        expect((await flow.ended).code).toBe(0);
      } finally {
        other.close();
      }
    });
  });
});
