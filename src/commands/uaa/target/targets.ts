import type { Command } from 'commander';
import { findCurrentTarget, listTargets } from '../../../contexts/targets.js';
import type { Services } from '../../../services.js';
import { listCommand } from '../../resource/list-command.js';
import { verificationSpan } from '../../session/contexts.js';
import { rejectZoneOptions } from '../zone-options.js';

const command = listCommand({
  description:
    'List the targets (UAAs set with `tpks uaa target` and UAAs of contexts) with the numbers for ' +
    '`tpks uaa target NUMBER`. An asterisk marks the current target.',
  examples: ['uaa targets'],
  noun: 'target',
  fields: ['number', 'uaa', 'current', 'hasCaCert', 'skipTlsVerification'],
  emptyLine: 'no targets',
  read: readTargets,
  columns: [
    { head: '#', cell: ({ number }) => String(number) },
    { head: '', cell: ({ current }) => (current ? '*' : '') },
    { head: 'UAA', cell: ({ uaa }) => uaa },
    { head: 'TLS', cell: verificationSpan },
    { head: 'CA', cell: ({ hasCaCert }) => (hasCaCert ? 'custom' : 'system') },
  ],
  nameOf: ({ uaa }) => uaa,
});

export function define(parent: Command, services: Services): void {
  command.define(rejectZoneOptions(parent), services);
}

async function readTargets({ settings }: Pick<Services, 'settings'>) {
  const stored = await (await settings()).read();
  const current = findCurrentTarget(stored)?.uaa;
  return listTargets(stored).map(({ uaa, caCert, skipTlsVerification }, number) => ({
    number,
    uaa,
    current: uaa === current,
    hasCaCert: caCert !== undefined,
    skipTlsVerification,
  }));
}
