import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { startBrowserFlow, redirectUriOf } from '../support/browser/browser-flow.js';
import { createUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { browserScene, longTimeout, sessionsOf, createWindows } from './browser-scene.js';
import { servers, distinctServers, type ContractServer } from './servers.js';

describeIfPart('chromium', 'login --sso-auto', () => {
  const newWindow = createWindows();

  /** A sandbox API that uses the UAA. */
  function createInstallation(start: () => Promise<ContractServer>) {
    const scene = browserScene(start);
    let sandbox: Sandbox;
    beforeAll(async () => {
      const { uaa, pksClientSecret } = scene.server();
      sandbox = await startSandbox({ apiPort: 0, uaa, uaaCa: scene.caCert(), pksClientSecret });
    }, 60_000);
    afterAll(() => sandbox.close());
    const words = (timeout = longTimeout) => [
      ...['login', '--sso-auto', ...timeout],
      ...['-a', sandbox.api, '--uaa-url', sandbox.uaa, '--ca-cert', sandbox.caCert],
    ];
    return { ...scene, words, options: () => `-a ${sandbox.api} --uaa-url ${sandbox.uaa}` };
  }

  describe.each(servers)('%s', (_name, start) => {
    const { newUser, words } = createInstallation(start);

    test('stores a session that it can renew after the user logs in and consents', async () => {
      const [user, name] = [createUser(), await newUser('pks.clusters.manage')];
      const flow = startBrowserFlow(user, words());
      const window = await newWindow();
      await window.login(await flow.waitForUrl(), name);
      await window.answerApproval('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      const { code, stdout } = await flow.ended;
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`User: ${name}\nLogin successful.`),
      });
      expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
      const context = `${name}@localhost`;
      const { accessToken } = await user.readSession(context);
      await user.changeSession(context, { expiresAt: new Date(Date.now() - 1000).toISOString() });
      expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
      expect((await user.readSession(context)).accessToken).not.toBe(accessToken);
    });
  });

  describe.each(distinctServers)('%s', (_name, start) => {
    const { newUser, words, options, server } = createInstallation(start);

    test('fails if the user has no scope for the API, though the UAA login succeeds', async () => {
      const [user, name] = [createUser(), await newUser()];
      const flow = startBrowserFlow(user, words());
      const window = await newWindow();
      await window.login(await flow.waitForUrl(), name);
      await window.answerApproval('authorize');
      expect(await window.outcome()).toMatchObject({ title: 'Logged in to the UAA' });
      const { code, stderr } = await flow.ended;
      expect(code).toBe(1);
      expect(stderr).toContain(`Error: ${name} has no scope that allows access to the API`);
      expect(sessionsOf(user)).toEqual([]);
    });

    test('reports that the user denied access, and stores nothing', async () => {
      const [user, name] = [createUser(), await newUser('pks.clusters.manage')];
      const flow = startBrowserFlow(user, words());
      const window = await newWindow();
      await window.login(await flow.waitForUrl(), name);
      await window.answerApproval('deny');
      expect(await window.outcome()).toMatchObject({
        isGood: false,
        text: expect.stringContaining('The login was denied'),
      });
      const { code, stdout } = await flow.ended;
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(sessionsOf(user)).toEqual([]);
    });

    test('fails after the timeout if the user closes the window, and suggests other ways to log in', async () => {
      const user = createUser();
      const flow = startBrowserFlow(user, words(['--browser-timeout', '1']));
      const window = await newWindow();
      await window.page.goto((await flow.waitForUrl()).href);
      await window.page.close();
      const { code, stdout, stderr } = await flow.ended;
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toContain(
        `Error: The browser login at ${new URL(server().uaa).host} was not finished within 1 s\n` +
          'Hint: run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
          `      or log in without a browser on this machine: tpks login ${options()} --sso\n`,
      );
      expect(sessionsOf(user)).toEqual([]);
    });

    test.each(['none', 'fails'] as const)(
      'prints the address if it cannot open a browser (%s)',
      async (browser) => {
        const [user, name] = [createUser(), await newUser('pks.clusters.manage')];
        const flow = startBrowserFlow(user, words(), browser);
        const window = await newWindow();
        const address = await flow.waitForUrl();
        await window.login(address, name);
        await window.answerApproval('authorize');
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

    test('uses the next registered port if the first is in use', async () => {
      const [user, name] = [createUser(), await newUser('pks.clusters.manage')];
      // If another process already uses the port, the test works too.
      const other = createServer()
        .on('error', () => undefined)
        .listen(28443, '127.0.0.1');
      await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => undefined);
      try {
        const flow = startBrowserFlow(user, words());
        const window = await newWindow();
        const address = await flow.waitForUrl();
        expect(redirectUriOf(address).port).toMatch(/^2844[45]$/);
        await window.login(address, name);
        await window.answerApproval('authorize');
        expect(await window.outcome()).toMatchObject({ isGood: true });
        expect((await flow.ended).code).toBe(0);
      } finally {
        other.close();
      }
    });
  });
});
