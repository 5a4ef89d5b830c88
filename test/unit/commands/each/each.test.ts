import { describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import { each } from '../../../../src/commands/each/each.js';
import { createRunFolder } from '../../../../src/domain/each/run-folder.js';
import { fakeClusters } from '../../../support/fakes/fake-clusters.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { aCluster, aUserContext } from '../../../support/fixtures/contexts-and-clusters.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

type Deps = Parameters<typeof each>[2];

/** Runs a shell script for each cluster. */
function run(script: string, names: readonly string[], changes: object = {}, flags: object = {}) {
  const terminal = recordedTerminal();
  const result = withFolder((home) =>
    each(['sh', '-c', script], { parallel: 1, ...flags }, {
      ...{ terminal, clock: fixedClock(), env: process.env, options: () => ({}) },
      context: async () => aUserContext(),
      clusters: () => fakeClusters({ list: async () => names.map((name) => aCluster({ name })) }),
      bindsIn: () => ({
        create: async (cluster: string) => ({ cluster, login: { kind: 'oidc' } }),
      }),
      clusterAccess: {
        plan: async (bind: Cluster) => bind,
        createEntries: async (plans: readonly object[]) =>
          plans.map((plan) => ({ entries: { contextName: JSON.stringify(plan) } })),
      },
      kubeconfig: () => ({
        format: async (_entries: unknown, { currentContext }: { currentContext: string }) =>
          `${currentContext}\n`,
      }),
      createRunFolder: () => createRunFolder(home),
      findProgram: () => '/bin/sh',
      untilInterrupted: () => new Promise(() => undefined),
      ...changes,
    } as unknown as Deps),
  );
  return { terminal, result };
}

test.each([{}, { group: true }])(
  'clusters with the same name have their own kubeconfigs and outputs: %j',
  async (flags) => {
    const { terminal, result } = run('cat "$KUBECONFIG"', ['a', 'a'], {}, flags);
    await result;
    expect(terminal.lines.filter((line) => line.includes('"cluster"'))).toHaveLength(2);
  },
);

describe('after the reader has closed the output', () => {
  test.each([{}, { group: true }])('runs no other commands: %j', async (flags) => {
    const terminal = { ...recordedTerminal(), relay: async () => false };
    const { result } = run('echo x', ['a', 'b'], { terminal }, flags);
    await expect(result).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^The output was closed/),
    });
    expect(terminal.notes).toContain('failed b: was not started');
  });
});
