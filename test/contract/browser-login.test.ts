import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { startBrowserFlow, redirectUriOf } from '../support/browser/browser-flow.js';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { freePort } from '../support/servers/free-port.js';
import {
  browserScene,
  longTimeout,
  sessionsOf,
  createWindows,
  type BrowsedClient,
  type BrowserScene,
} from './browser-scene.js';
import { servers, distinctServers } from './servers.js';

const wordsFor = (grant: 'authcode' | 'implicit', { id, port }: BrowsedClient) => [
  ...['uaa', 'token', grant, 'get', '--client', id, '--port', String(port)],
  ...longTimeout,
];
const authcodeWords = (client: BrowsedClient) => [
  ...wordsFor('authcode', client),
  ...['--secret', client.secret],
];
const implicitWords = (client: BrowsedClient) => wordsFor('implicit', client);

/** The pages and responses are the same for all UAA releases, except for a client without a secret. */
describeIfPart('chromium', 'a login in a browser', () => {
  const newWindow = createWindows();

  /** Tests a client without a secret; the result depends on the release of the UAA. */
  function testPublicClient(scene: BrowserScene): void {
    test('gets a token for a client without a secret only if the UAA supports PKCE', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code', {
        allowpublic: true,
        autoapprove: ['true'],
      });
      const flow = startBrowserFlow(user, wordsFor('authcode', client));
      const window = await newWindow();
      await window.login(await flow.waitForUrl(), name);
      const { isGood } = await window.outcome();
      const { code, stderr } = await flow.ended;
      const knowsPkce = scene.server().release === '77';
      expect({ code, isGood }).toEqual({ code: knowsPkce ? 0 : 4, isGood: knowsPkce });
      if (!knowsPkce) {
        expect(stderr).toContain('Error: Bad credentials\n');
        expect(stderr).toContain(`that the client ${client.id} has no secret`);
      }
      expect(sessionsOf(user)).toHaveLength(knowsPkce ? 1 : 0);
    });
  }

  // A loop, because `describe.each` fails if there are no rows, as with a real UAA.
  for (const [name, start] of servers.filter(([each]) => each.endsWith(' as UAA 77'))) {
    describe(name, () => testPublicClient(browserScene(start)));
  }

  describe.each(distinctServers)('%s', (_name, start) => {
    const scene = browserScene(start);

    describe('with uaa token authcode get', () => {
      testPublicClient(scene);

      test('gets a working token after the user logs in and consents', async () => {
        const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
        const client = await scene.newClient('authorization_code');
        const flow = startBrowserFlow(user, [...authcodeWords(client), '--json']);
        const window = await newWindow();
        const requestedUrls: string[] = [];
        window.page.on('request', (request) => requestedUrls.push(request.url()));

        const address = await flow.waitForUrl();
        expect(Object.fromEntries(address.searchParams)).toMatchObject({
          client_id: client.id,
          code_challenge: expect.stringMatching(/^[\w-]{43}$/),
          code_challenge_method: 'S256',
        });
        await window.login(address, name);
        await window.answerApproval('authorize');
        const page = await window.outcome();
        const end = await flow.ended;

        expect(page).toMatchObject({ isGood: true, title: 'Logged in to the UAA' });
        expect(end.code).toBe(0);
        const output = JSON.parse(end.stdout) as { context: string };
        expect(output).toMatchObject({
          identity: name,
          clientId: client.id,
          grant: 'authorization_code',
          scopes: ['openid'],
        });
        const me = await user.tpks(['uaa', 'me', '--json']);
        expect(JSON.parse(me.stdout)).toMatchObject({ user_name: name });

        const code = requestedUrls.flatMap((url) => new URL(url).searchParams.get('code') ?? []);
        expect(code).toHaveLength(1);
        const { accessToken, refreshToken = '' } = await user.readSession(output.context);
        const secrets = { code: code[0] ?? '', accessToken, refreshToken, secret: client.secret };
        const visibleText = [page.html, end.stdout, end.stderr, ...(await window.history())].join(
          '\n',
        );
        expect(findLeaks(visibleText, secrets)).toEqual([]);
        expect(window.page.url()).toBe(redirectUriOf(address).href);
        await expect(connectTo(client.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      });

      test('reports that the user denied access, and stores nothing', async () => {
        const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
        const client = await scene.newClient('authorization_code');
        const flow = startBrowserFlow(user, authcodeWords(client));
        const window = await newWindow();
        await window.login(await flow.waitForUrl(), name);
        await window.answerApproval('deny');
        expect(await window.outcome()).toMatchObject({
          isGood: false,
          title: 'Login failed',
          text: 'The login was denied: User denied access. See the terminal for what to do next.',
        });
        const { code, stdout, stderr } = await flow.ended;
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expect(stderr).toContain(
          'Error: The login was denied: User denied access\n' +
            'Hint: run the command again and choose "Authorize"\n',
        );
        expect(sessionsOf(user)).toEqual([]);
      });

      test('fails after a response with an unknown code, and explains it on the page', async () => {
        const user = await scene.createTargetedUser();
        const client = await scene.newClient('authorization_code');
        const flow = startBrowserFlow(user, authcodeWords(client));
        const address = await flow.waitForUrl();
        const back = redirectUriOf(address);
        const state = address.searchParams.get('state') ?? '';
        back.search = new URLSearchParams({ code: 'q7f2XaoBfo', state }).toString();
        const page = await (await fetch(back)).text();
        const reason = 'Invalid authorization code: •••';
        expect(page).toContain(`${reason}. See the terminal for what to do next.`);
        const { code, stdout, stderr } = await flow.ended;
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expect(stderr).toContain(`Error: ${reason}\nHint: `);
        expect(findLeaks(page + stderr, { code: 'q7f2XaoBfo' })).toEqual([]);
        expect(sessionsOf(user)).toEqual([]);
      });

      test('fails without opening a page if the client lacks the redirect URI', async () => {
        const user = await scene.createTargetedUser();
        const client = await scene.newClient('authorization_code');
        const port = await freePort();
        const flow = startBrowserFlow(user, authcodeWords({ ...client, port }));
        await expect(flow.waitForUrl()).rejects.toThrow(
          `has no client ${client.id} with the redirect URI ` +
            `http://localhost:${String(port)}/authcode\nHint: an administrator can add it`,
        );
        expect(await flow.ended).toMatchObject({ code: 1, stdout: '' });
      });

      test('ignores responses forged by another web page', async () => {
        const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
        const client = await scene.newClient('authorization_code');
        const flow = startBrowserFlow(user, authcodeWords(client));
        const window = await newWindow();
        const address = await flow.waitForUrl();
        const state = address.searchParams.get('state') ?? '';
        const deniedUri = `${redirectUriOf(address).href}?error=access_denied&state=${state}`;
        const initiators: (string | null)[] = [];
        window.page.on('request', (request) => {
          initiators.push(new URL(request.url()).searchParams.get('by'));
        });
        const foreign = createHttpServer((_request, response) => {
          response.setHeader('content-type', 'text/html').end(foreignPage(deniedUri));
        }).listen(0, '127.0.0.1');
        await once(foreign, 'listening');
        const { port } = foreign.address() as AddressInfo;
        await window.page.goto(`http://127.0.0.1:${String(port)}/`);
        await window.page.waitForFunction('document.title === "tried"');
        foreign.close();
        expect(initiators).toEqual(expect.arrayContaining(['picture', 'frame', 'GET', 'POST']));
        await window.login(address, name);
        await window.answerApproval('authorize');
        expect(await window.outcome()).toMatchObject({ isGood: true });
        expect((await flow.ended).code).toBe(0);
      });
    });

    describe('with uaa token implicit get', () => {
      test('gets a token after responses of other logins, and removes tokens from the address', async () => {
        const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
        const client = await scene.newClient('implicit');
        const flow = startBrowserFlow(user, [...implicitWords(client), '--json']);
        const window = await newWindow();
        const address = await flow.waitForUrl();
        const back = redirectUriOf(address);
        await window.page.goto(back.href);
        expect(await window.outcome()).toMatchObject({ isGood: false, title: 'No response' });

        const foreignToken = 'eyJhbGciOiJub25lIn0.c29tZWJvZHkncyB0b2tlbg.c2lnbmF0dXJl';
        back.hash = `token_type=bearer&access_token=${foreignToken}&expires_in=599&state=another`;
        await window.page.goto('about:blank');
        await window.page.goto(back.href);
        const foreignPage = await window.outcome();
        expect(foreignPage).toMatchObject({
          isGood: false,
          title: 'tpks is not waiting for this response',
          text: 'The command has ended, or the response belongs to another login.',
        });

        await window.login(address, name);
        await window.answerApproval('authorize');
        const page = await window.outcome();
        expect(page).toMatchObject({ isGood: true, title: 'Logged in to the UAA' });
        const { code, stdout, stderr } = await flow.ended;
        expect(code).toBe(0);
        const output = JSON.parse(stdout) as { context: string };
        expect(output).toMatchObject({ identity: name, clientId: client.id, grant: 'implicit' });
        const me = await user.tpks(['uaa', 'me', '--json']);
        expect(JSON.parse(me.stdout)).toMatchObject({ user_name: name });

        const { accessToken } = await user.readSession(output.context);
        const history = await window.history();
        expect(history.at(-1)).toBe(redirectUriOf(address).href);
        const visibleText = [foreignPage.html, page.html, stdout, stderr, ...history].join('\n');
        expect(findLeaks(visibleText, { accessToken, foreignToken })).toEqual([]);
      });

      test('reports that the user denied access, and stores nothing', async () => {
        const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
        const flow = startBrowserFlow(user, implicitWords(await scene.newClient('implicit')));
        const window = await newWindow();
        await window.login(await flow.waitForUrl(), name);
        await window.answerApproval('deny');
        expect(await window.outcome()).toMatchObject({
          isGood: false,
          title: 'Login failed',
          text: 'The login was denied: User denied access. See the terminal for what to do next.',
        });
        const { code, stdout, stderr } = await flow.ended;
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expect(stderr).toContain('Error: The login was denied: User denied access\nHint: run');
        expect(sessionsOf(user)).toEqual([]);
      });
    });

    describe('with login --sso-auto', () => {
      let sandbox: Sandbox;
      // A sandbox API that uses the UAA.
      beforeAll(async () => {
        const { uaa, pksClientSecret } = scene.server();
        sandbox = await startSandbox({ apiPort: 0, uaa, uaaCa: scene.caCert(), pksClientSecret });
      }, 60_000);
      afterAll(() => sandbox.close());
      const words = (timeout = longTimeout) => [
        ...['login', '--sso-auto', ...timeout],
        ...['-a', sandbox.api, '--uaa-url', sandbox.uaa, '--ca-cert', sandbox.caCert],
      ];

      test('stores a session that it can renew after the user logs in and consents', async () => {
        const [user, name] = [createUser(), await scene.newUser('pks.clusters.manage')];
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

      test('without a browser, prints the address and fails after the timeout', async () => {
        // If another process already uses the first registered port, the test works too.
        const other = createServer()
          .on('error', () => undefined)
          .listen(28443, '127.0.0.1');
        await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => undefined);
        const user = createUser();
        const flow = startBrowserFlow(user, words(['--browser-timeout', '1']), 'fails');
        const { port } = redirectUriOf(await flow.waitForUrl());
        const { code, stdout, stderr } = await flow.ended;
        other.close();
        expect(port).toMatch(/^2844[45]$/);
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expect(stderr).toContain(
          'Could not open a browser. Open the URL above manually.\n' +
            'If the browser is on another machine, run this command there first: ' +
            `ssh -L ${port}:localhost:${port} THIS_HOST\n`,
        );
        const options = `-a ${sandbox.api} --uaa-url ${sandbox.uaa}`;
        expect(stderr).toContain(
          `Error: The browser login at ${new URL(scene.server().uaa).host} was not finished within 1 s\n` +
            'Hint: run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
            `      or log in without a browser on this machine: tpks login ${options} --sso --ca-cert `,
        );
        expect(sessionsOf(user)).toEqual([]);
      });
    });
  });
});

/** A page that requests an address in every way that needs no user interaction. */
function foreignPage(address: string): string {
  return `<link rel="icon" href="data:,">
    <img src="${address}&by=picture"><iframe src="${address}&by=frame"></iframe>
    <script>
      const send = (method) => fetch('${address}&by=' + method, { method, mode: 'no-cors' });
      onload = async () => {
        await Promise.allSettled([send('GET'), send('POST')]);
        document.title = 'tried';
      };
    </script>`;
}

async function connectTo(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
