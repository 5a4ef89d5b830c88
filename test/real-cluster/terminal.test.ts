import { expect, test } from '@jest/globals';
import { describeIfPart } from '../support/runner/optional-part.js';
import { describeClusters, limitSeconds } from './cluster.js';
import { createUserWithExpiredToken } from './tpks-user.js';

const expired = { hasSessionExpired: true };

const getNamespaces = ['get', 'namespaces', '-o', 'name'];

describeClusters('the prompt of the plugin', (cluster) => {
  describeIfPart('pty', 'on a terminal', () => {
    test('starts a new session with the password', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody', expired);
      const before = user.readKubeconfig();
      const terminal = user.atTerminal('1.37', getNamespaces);
      await terminal.waitFor('Password', limitSeconds);
      terminal.type('cody-password\r');
      expect(await terminal.exited).toBe(0);
      expect(terminal.screen()).toContain('namespace/kube-system');
      expect(terminal.screen()).not.toContain('cody-password');
      expect(user.readKubeconfig()).toBe(before);
      expect(await user.requestIdentity('1.37')).toMatchObject({ username: 'oidc:cody' });
    });

    // kubectl runs a failed plugin again, up to 5 times. Each run would prompt again.
    test('Ctrl-C stops kubectl, and the next kubectl prompts again', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody', expired);
      const before = user.readKubeconfig();
      const cancelled = user.atTerminal('1.37', getNamespaces);
      await cancelled.waitFor('Password', limitSeconds);
      cancelled.type('\u0003');
      expect(await cancelled.exited).toBe('SIGINT');
      expect(cancelled.screen()).not.toContain('namespace/');
      expect(user.readKubeconfig()).toBe(before);
      const terminal = user.atTerminal('1.37', getNamespaces);
      await terminal.waitFor('Password', limitSeconds);
      terminal.type('cody-password\r');
      expect(await terminal.exited).toBe(0);
    });

    test('is not shown by kubectl 1.20, which does not tell the plugin that it has a terminal', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody', expired);
      const terminal = user.atTerminal('1.20', getNamespaces);
      expect(await terminal.exited).toBe(1);
      expect(terminal.screen()).not.toContain('Password');
      expect(terminal.screen()).toContain('tpks get-credentials dev-1');
    });
  });
});
