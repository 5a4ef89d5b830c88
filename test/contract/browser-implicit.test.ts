import { describe, expect, test } from '@jest/globals';
import { browserFlow, redirectUriOf } from '../support/browser-flow.js';
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

const words = ({ id, port }: BrowsedClient) => [
  ...['uaa', 'token', 'implicit', 'get', '--client', id, '--port', String(port)],
  ...patiently,
];

describeIfPart('chromium', 'uaa token implicit get', () => {
  const newWindow = windows();

  describe.each(servers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('a person logs in and consents, and tpks takes the token out of the address', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const client = await scene.newClient('implicit');
      const flow = browserFlow(person, [...words(client), '--json']);
      const window = await newWindow();
      const address = await flow.address();
      await window.login(address, name);
      await window.decide('authorize');
      const page = await window.outcome();
      const end = await flow.ended;

      expect(page).toMatchObject({ isGood: true, title: 'Logged in to the UAA' });
      expect(end.code).toBe(0);
      const told = JSON.parse(end.stdout) as { context: string };
      expect(told).toMatchObject({ identity: name, clientId: client.id, grant: 'implicit' });
      const me = await person.tpks(['uaa', 'me', '--json']);
      expect(JSON.parse(me.stdout)).toMatchObject({ user_name: name });

      const { accessToken } = await person.session(told.context);
      const history = await window.history();
      expect(history.at(-1)).toBe(redirectUriOf(address).href);
      const shown = [page.html, end.stdout, end.stderr, ...history].join('\n');
      expect(leaks(shown, { accessToken })).toEqual([]);
    });
  });

  describe.each(serversOfTheirOwn)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('a person who denies reads so, and nothing is kept', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const flow = browserFlow(person, words(await scene.newClient('implicit')));
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
      expect(stderr).toContain('Error: The login was denied: User denied access\nHint: run');
      expect(sessionsOf(person)).toEqual([]);
    });

    test('a token of another login is not taken, and leaves the history', async () => {
      const person = await scene.atTpks();
      const flow = browserFlow(person, words(await scene.newClient('implicit')));
      const window = await newWindow();
      const back = redirectUriOf(await flow.address());
      const accessToken = 'eyJhbGciOiJub25lIn0.c29tZWJvZHkncyB0b2tlbg.c2lnbmF0dXJl';
      back.hash = `token_type=bearer&access_token=${accessToken}&expires_in=599&state=another`;
      await window.page.goto(back.href);
      const page = await window.outcome();
      expect(page).toMatchObject({
        isGood: false,
        text: expect.stringContaining('The response does not belong to this login'),
      });
      const { code, stderr } = await flow.ended;
      expect(code).toBe(4);
      const shown = [page.html, stderr, ...(await window.history())].join('\n');
      expect(leaks(shown, { accessToken })).toEqual([]);
      expect(sessionsOf(person)).toEqual([]);
    });

    test('an address without an answer is none, and the person may go on', async () => {
      const [person, name] = [await scene.atTpks(), await scene.newUser()];
      const flow = browserFlow(person, words(await scene.newClient('implicit')));
      const window = await newWindow();
      const address = await flow.address();
      await window.page.goto(redirectUriOf(address).href);
      expect(await window.outcome()).toMatchObject({ isGood: false, title: 'No response' });
      await window.login(address, name);
      await window.decide('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      expect((await flow.ended).code).toBe(0);
    });
  });
});
