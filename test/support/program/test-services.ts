import { systemClock } from '../../../src/base/clock.js';
import { findLink } from '../../../src/base/link.js';
import type { Send } from '../../../src/platform/http/send.js';
import { recordedTerminal } from '../fakes/recorded-terminal.js';
import type { TestUser } from './cli.js';
import { loadBundled } from './load-bundled.js';

/**
 * The services that commands of a user get.
 * @param env - additional environment variables.
 * @param network - replaces the network.
 */
export async function createTestServices(
  user: TestUser,
  env: Readonly<Record<string, string>> = {},
  network?: Send,
) {
  const { createServices } = await loadBundled();
  return createServices({
    env: { ...user.env, ...env },
    platform: process.platform,
    link: findLink('tpks'),
    clock: systemClock,
    terminal: recordedTerminal(),
    options: () => ({ json: false, interactive: false, color: false, trace: false }),
    untilInterrupted: () => new Promise<never>(() => undefined),
    network,
  });
}
