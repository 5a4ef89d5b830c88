import { expect, test } from '@jest/globals';
import { formatNextCommands } from '../../../../src/commands/each/next-command.js';

const toCluster = (name: string, installation = 'api.example.com') => ({ name, installation });

test('the next command keeps the context and the options, and quotes words', () => {
  const flags = {
    ...{ parallel: 2, commandTimeout: 1.5, allowTokenFiles: true, group: true, output: 'json' },
  };
  const clusters = [toCluster('dev-1'), toCluster('$(id)')];
  expect(formatNextCommands(clusters, ['echo', 'a b'], flags, 'cody@x')).toEqual([
    "tpks each --context cody@x --cluster dev-1 --cluster '$(id)' --parallel 2 --command-timeout 1.5 --allow-token-files --group --output json -- echo 'a b'",
  ]);
});

test('each installation has its own next command, because names can be the same', () => {
  const clusters = [toCluster('dev-1'), toCluster('dev-1', 'other:9'), toCluster('dev-2')];
  const flags = { allContexts: true, parallel: 8 };
  expect(formatNextCommands(clusters, ['true'], flags, undefined)).toEqual([
    'tpks each --all-contexts --filter installation=api.example.com --cluster dev-1 --cluster dev-2 -- true',
    'tpks each --all-contexts --filter installation=other:9 --cluster dev-1 -- true',
  ]);
});
