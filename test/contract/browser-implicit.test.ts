import { describe, expect, test } from '@jest/globals';
import { startBrowserFlow, redirectUriOf } from '../support/browser/browser-flow.js';
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

const words = ({ id, port }: BrowsedClient) => [
  ...['uaa', 'token', 'implicit', 'get', '--client', id, '--port', String(port)],
  ...longTimeout,
];

describeIfPart('chromium', 'uaa token implicit get', () => {
  const newWindow = createWindows();

  describe.each(servers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('gets a token after the user logs in and consents, and removes it from the address', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const client = await scene.newClient('implicit');
      const flow = startBrowserFlow(user, [...words(client), '--json']);
      const window = await newWindow();
      const address = await flow.waitForUrl();
      await window.login(address, name);
      await window.answerApproval('authorize');
      const page = await window.outcome();
      const end = await flow.ended;

      expect(page).toMatchObject({ isGood: true, title: 'Logged in to the UAA' });
      expect(end.code).toBe(0);
      const output = JSON.parse(end.stdout) as { context: string };
      expect(output).toMatchObject({ identity: name, clientId: client.id, grant: 'implicit' });
      const me = await user.tpks(['uaa', 'me', '--json']);
      expect(JSON.parse(me.stdout)).toMatchObject({ user_name: name });

      const { accessToken } = await user.readSession(output.context);
      const history = await window.history();
      expect(history.at(-1)).toBe(redirectUriOf(address).href);
      const visibleText = [page.html, end.stdout, end.stderr, ...history].join('\n');
      expect(findLeaks(visibleText, { accessToken })).toEqual([]);
    });
  });

  describe.each(distinctServers)('%s', (_name, start) => {
    const scene = browserScene(start);

    test('reports that the user denied access, and stores nothing', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const flow = startBrowserFlow(user, words(await scene.newClient('implicit')));
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

    test('ignores a token of another login, removes it from the browser history, and keeps waiting', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const flow = startBrowserFlow(user, words(await scene.newClient('implicit')));
      const window = await newWindow();
      const address = await flow.waitForUrl();
      const back = redirectUriOf(address);
      const accessToken = 'eyJhbGciOiJub25lIn0.c29tZWJvZHkncyB0b2tlbg.c2lnbmF0dXJl';
      back.hash = `token_type=bearer&access_token=${accessToken}&expires_in=599&state=another`;
      await window.page.goto(back.href);
      const page = await window.outcome();
      expect(page).toMatchObject({
        isGood: false,
        title: 'tpks is not waiting for this response',
        text: 'The command has ended, or the response belongs to another login.',
      });
      await window.login(address, name);
      await window.answerApproval('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      const { code, stderr } = await flow.ended;
      expect(code).toBe(0);
      const visibleText = [page.html, stderr, ...(await window.history())].join('\n');
      expect(findLeaks(visibleText, { accessToken })).toEqual([]);
    });

    test('shows "No response" for an address without a response, and the user can continue', async () => {
      const [user, name] = [await scene.createTargetedUser(), await scene.newUser()];
      const flow = startBrowserFlow(user, words(await scene.newClient('implicit')));
      const window = await newWindow();
      const address = await flow.waitForUrl();
      await window.page.goto(redirectUriOf(address).href);
      expect(await window.outcome()).toMatchObject({ isGood: false, title: 'No response' });
      await window.login(address, name);
      await window.answerApproval('authorize');
      expect(await window.outcome()).toMatchObject({ isGood: true });
      expect((await flow.ended).code).toBe(0);
    });
  });
});
