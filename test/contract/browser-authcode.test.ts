import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { browserFlow, redirectUriOf } from '../support/browser-flow.js';
import { freePort } from '../support/free-port.js';
import { leaks } from '../support/leaks.js';
import { describeIfPart } from '../support/optional-part.js';
import {
  browserScene,
  patiently,
  sessionsOf,
  windows,
  type BrowsedClient,
} from './browser-scene.js';
import { servers, serversOfTheirOwn } from './servers.js';

const withoutSecret = ({ id, port }: BrowsedClient) => [
  ...['uaa', 'token', 'authcode', 'get', '--client', id, '--port', String(port)],
  ...patiently,
];
const words = (client: BrowsedClient) => [...withoutSecret(client), '--secret', client.secret];

describeIfPart('chromium', 'uaa token authcode get', () => {
  const newWindow = windows();

  describe.each(servers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('a person logs in and consents, and tpks has a token that works', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = browserFlow(person, [...words(client), '--json']);
      const window = await newWindow();
      const seen: string[] = [];
      window.page.on('request', (request) => seen.push(request.url()));

      const address = await flow.address();
      expect(Object.fromEntries(address.searchParams)).toMatchObject({
        client_id: client.id,
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
      });
      await window.login(address, name);
      await window.decide('authorize');
      const page = await window.outcome();
      const end = await flow.ended;

      expect(page).toMatchObject({ isGood: true, title: 'Logged in to the UAA' });
      expect(end.code).toBe(0);
      const told = JSON.parse(end.stdout) as { context: string };
      expect(told).toMatchObject({
        identity: name,
        clientId: client.id,
        grant: 'authorization_code',
        scopes: ['openid'],
      });
      const me = await person.tpks(['uaa', 'me', '--json']);
      expect(JSON.parse(me.stdout)).toMatchObject({ user_name: name });

      const code = seen.flatMap((url) => new URL(url).searchParams.get('code') ?? []);
      expect(code).toHaveLength(1);
      const { accessToken, refreshToken = '' } = await person.session(told.context);
      const secrets = { code: code[0] ?? '', accessToken, refreshToken, secret: client.secret };
      const shown = [page.html, end.stdout, end.stderr, ...(await window.history())].join('\n');
      expect(leaks(shown, secrets)).toEqual([]);
      expect(window.page.url()).toBe(redirectUriOf(address).href);
      await expect(connected(client.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('a client without a secret gets one where the UAA knows PKCE', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('authorization_code', {
        allowpublic: true,
        autoapprove: ['true'],
      });
      const flow = browserFlow(person, withoutSecret(client));
      const window = await newWindow();
      await window.login(await flow.address(), name);
      const { isGood } = await window.outcome();
      const { code, stderr } = await flow.ended;
      const knowsPkce = scene.server().release === '77';
      expect({ code, isGood }).toEqual({ code: knowsPkce ? 0 : 4, isGood: knowsPkce });
      if (!knowsPkce) {
        expect(stderr).toContain('Error: Bad credentials\n');
        expect(stderr).toContain(`that the client ${client.id} has no secret`);
      }
      expect(sessionsOf(person)).toHaveLength(knowsPkce ? 1 : 0);
    });
  });

  describe.each(serversOfTheirOwn)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('a person who denies reads so, and nothing is kept', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = browserFlow(person, words(client));
      const window = await newWindow();
      await window.login(await flow.address(), name);
      await window.decide('deny');
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
      expect(sessionsOf(person)).toEqual([]);
    });

    test.each<[string, (state: string) => Record<string, string>, string]>([
      [
        'of another login',
        () => ({ code: 'q7f2XaoBfo', state: 'somebody-else’s' }),
        'The response does not belong to this login: its state or nonce does not match',
      ],
      [
        'with a code that the UAA does not know',
        (state) => ({ code: 'q7f2XaoBfo', state }),
        'Invalid authorization code: •••',
      ],
      [
        'with an error, whose words stay words',
        (state) => ({ error: 'server_error', error_description: '<img src=x>&amp;', state }),
        '<img src=x>&amp;',
      ],
    ])('an answer %s ends it, and the page says so', async (_what, answer, why) => {
      const person = await scene.atTpks();
      const client = await scene.newClient('authorization_code');
      const flow = browserFlow(person, words(client));
      const window = await newWindow();
      const address = await flow.address();
      const back = redirectUriOf(address);
      back.search = new URLSearchParams(answer(address.searchParams.get('state') ?? '')).toString();
      await window.page.goto(back.href);
      const page = await window.outcome();
      expect(page).toMatchObject({
        isGood: false,
        text: `${why}. See the terminal for what to do next.`,
      });
      const { code, stdout, stderr } = await flow.ended;
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toContain(`Error: ${why}\nHint: `);
      expect(leaks(page.html + stderr, { code: 'q7f2XaoBfo' })).toEqual([]);
      expect(sessionsOf(person)).toEqual([]);
    });

    test('a client without this redirect URI does not bother the user', async () => {
      const person = await scene.atTpks();
      const client = await scene.newClient('authorization_code');
      const port = await freePort();
      const flow = browserFlow(person, words({ ...client, port }));
      await expect(flow.address()).rejects.toThrow(
        `has no client ${client.id} with the redirect URI ` +
          `http://localhost:${String(port)}/authcode\nHint: an administrator can add it`,
      );
      expect(await flow.ended).toMatchObject({ code: 1, stdout: '' });
    });

    test('a port that is taken is told at once', async () => {
      const person = await scene.atTpks();
      const client = await scene.newClient('authorization_code');
      const other = createServer().listen(client.port, '127.0.0.1');
      await once(other, 'listening');
      try {
        const { code, stderr } = await browserFlow(person, words(client)).ended;
        expect(code).toBe(1);
        expect(stderr).toContain(`Error: Port ${String(client.port)} is not available`);
      } finally {
        other.close();
      }
    });

    test('what else a browser asks for on the way changes nothing', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = browserFlow(person, words(client));
      const window = await newWindow();
      const address = await flow.address();
      const { origin } = redirectUriOf(address);
      const byNumber = `http://127.0.0.1:${String(client.port)}`;
      for (const stray of [
        ...['/favicon.ico', '/', '/authcode', '/callback?code=c&state=s'].map((at) => origin + at),
        `${byNumber}/authcode?code=c&state=s`,
      ]) {
        const response = await window.page.goto(stray);
        expect([stray, response?.status()]).toEqual([stray, 404]);
      }
      await window.login(address, name);
      await window.decide('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      expect((await flow.ended).code).toBe(0);
    });

    test('a page of somebody else’s cannot answer for the person', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('authorization_code');
      const flow = browserFlow(person, words(client));
      const window = await newWindow();
      const address = await flow.address();
      const answer = `${redirectUriOf(address).href}?error=access_denied`;
      const asked: (string | null)[] = [];
      window.page.on('request', (request) => {
        asked.push(new URL(request.url()).searchParams.get('by'));
      });
      const foreign = createHttpServer((_request, response) => {
        response.setHeader('content-type', 'text/html').end(foreignPage(answer));
      }).listen(0, '127.0.0.1');
      await once(foreign, 'listening');
      const { port } = foreign.address() as AddressInfo;
      await window.page.goto(`http://127.0.0.1:${String(port)}/`);
      await window.page.waitForFunction('document.title === "tried"');
      foreign.close();
      expect(asked).toEqual(expect.arrayContaining(['picture', 'frame', 'GET', 'POST']));
      await window.login(address, name);
      await window.decide('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      expect((await flow.ended).code).toBe(0);
    });
  });
});

/** Asks for an address in all ways in which a page can do that unseen. */
function foreignPage(address: string): string {
  return `<link rel="icon" href="data:,">
    <img src="${address}&by=picture"><iframe src="${address}&by=frame"></iframe>
    <script>
      const ask = (method) => fetch('${address}&by=' + method, { method, mode: 'no-cors' });
      onload = async () => {
        await Promise.allSettled([ask('GET'), ask('POST')]);
        document.title = 'tried';
      };
    </script>`;
}

async function connected(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
