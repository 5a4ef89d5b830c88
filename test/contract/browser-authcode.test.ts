import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { startBrowserFlow, redirectUriOf } from '../support/browser/browser-flow.js';
import { freePort } from '../support/servers/free-port.js';
import { findLeaks } from '../support/checks/leaks.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import {
  browserScene,
  longTimeout,
  sessionsOf,
  createWindows,
  type BrowsedClient,
} from './browser-scene.js';
import { servers, distinctServers } from './servers.js';

const withoutSecret = ({ id, port }: BrowsedClient) => [
  ...['uaa', 'token', 'authcode', 'get', '--client', id, '--port', String(port)],
  ...longTimeout,
];
const words = (client: BrowsedClient) => [...withoutSecret(client), '--secret', client.secret];

describeIfPart('chromium', 'uaa token authcode get', () => {
  const newWindow = createWindows();

  describe.each(servers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('gets a working token after the user logs in and consents', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = startBrowserFlow(user, [...words(client), '--json']);
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

    test('gets a token for a client without a secret only if the UAA supports PKCE', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code', {
        allowpublic: true,
        autoapprove: ['true'],
      });
      const flow = startBrowserFlow(user, withoutSecret(client));
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
  });

  describe.each(distinctServers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('reports that the user denied access, and stores nothing', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = startBrowserFlow(user, words(client));
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

    test.each<[string, (state: string) => Record<string, string>, string]>([
      [
        'with an unknown code',
        (state) => ({ code: 'q7f2XaoBfo', state }),
        'Invalid authorization code: •••',
      ],
      [
        'with an error that contains HTML',
        (state) => ({ error: 'server_error', error_description: '<img src=x>&amp;', state }),
        '<img src=x>&amp;',
      ],
    ])(
      'fails after a response %s, and explains it on the page',
      async (_what, createResponse, reason) => {
        const user = await scene.createTargetedUser();
        const client = await scene.newClient('authorization_code');
        const flow = startBrowserFlow(user, words(client));
        const window = await newWindow();
        const address = await flow.waitForUrl();
        const back = redirectUriOf(address);
        back.search = new URLSearchParams(
          createResponse(address.searchParams.get('state') ?? ''),
        ).toString();
        await window.page.goto(back.href);
        const page = await window.outcome();
        expect(page).toMatchObject({
          isGood: false,
          text: `${reason}. See the terminal for what to do next.`,
        });
        const { code, stdout, stderr } = await flow.ended;
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
        expect(stderr).toContain(`Error: ${reason}\nHint: `);
        expect(findLeaks(page.html + stderr, { code: 'q7f2XaoBfo' })).toEqual([]);
        expect(sessionsOf(user)).toEqual([]);
      },
    );

    test('fails without opening a page if the client lacks the redirect URI', async () => {
      const user = await scene.createTargetedUser();
      const client = await scene.newClient('authorization_code');
      const port = await freePort();
      const flow = startBrowserFlow(user, words({ ...client, port }));
      await expect(flow.waitForUrl()).rejects.toThrow(
        `has no client ${client.id} with the redirect URI ` +
          `http://localhost:${String(port)}/authcode\nHint: an administrator can add it`,
      );
      expect(await flow.ended).toMatchObject({ code: 1, stdout: '' });
    });

    test('fails immediately if the port is in use', async () => {
      const user = await scene.createTargetedUser();
      const client = await scene.newClient('authorization_code');
      const other = createServer().listen(client.port, '127.0.0.1');
      await once(other, 'listening');
      try {
        const { code, stderr } = await startBrowserFlow(user, words(client)).ended;
        expect(code).toBe(1);
        expect(stderr).toContain(`Error: Port ${String(client.port)} is not available`);
      } finally {
        other.close();
      }
    });

    test('ignores unrelated requests and responses of another login', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = startBrowserFlow(user, words(client));
      const window = await newWindow();
      const address = await flow.waitForUrl();
      const { origin } = redirectUriOf(address);
      const state = address.searchParams.get('state') ?? '';
      const byNumber = `http://127.0.0.1:${String(client.port)}`;
      for (const stray of [
        ...['/favicon.ico', '/', '/authcode', `/callback?code=c&state=${state}`].map(
          (path) => origin + path,
        ),
        ...['code=c', 'code=c&state=another', 'error=access_denied&state=another'].map(
          (query) => `${origin}/authcode?${query}`,
        ),
        `${byNumber}/authcode?code=c&state=${state}`,
      ]) {
        const response = await window.page.goto(stray);
        expect([stray, response?.status()]).toEqual([stray, 404]);
      }
      await window.login(address, name);
      await window.answerApproval('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      expect((await flow.ended).code).toBe(0);
    });

    test('ignores responses forged by another web page', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = startBrowserFlow(user, words(client));
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
