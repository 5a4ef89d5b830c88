// A small program with a table of contents like tpks's own, for shells to complete. Called in any
// other way it shows its words, so that a test sees what a completed line really says.
import { appendFileSync } from 'node:fs';
import { Argument, Option } from 'commander';
import type { Entry, Leaf } from '../../src/commands/contents.js';
import { bashScript } from '../../src/completion/bash.js';
import { toReply } from '../../src/completion/reply.js';
import { withCompleter, withFileNames } from '../../src/completion/completer.js';
import { fishScript } from '../../src/completion/fish.js';
import { powershellScript } from '../../src/completion/powershell.js';
import { suggest } from '../../src/completion/suggest.js';
import { zshScript } from '../../src/completion/zsh.js';
import type { Services } from '../../src/services.js';
import { awkwardNames } from './awkward-names.js';

const cluster: Leaf = {
  define: (command) =>
    command
      .addArgument(withCompleter(new Argument('<name...>'), () => Promise.resolve(awkwardNames)))
      .option('--details', 'show everything')
      .addOption(withFileNames(new Option('--ca-cert <path>', 'trust this CA')))
      .addOption(new Option('-o, --output <format>', 'how to print').choices(['json', 'table'])),
};

const login: Leaf = {
  define: (command) =>
    command
      .addOption(new Option('-a, --api <api>', 'API'))
      .addOption(withCompleter(new Option('--name <name>'), () => Promise.resolve(awkwardNames))),
};

const contents: readonly Entry[] = [
  { name: 'login', summary: 'log in', load: () => Promise.resolve(login) },
  {
    name: 'clusters',
    aliases: ['list-clusters'],
    summary: 'list the clusters you may see',
    load: () => Promise.resolve({ define: () => undefined }),
  },
  { name: 'cluster', summary: 'show one cluster', load: () => Promise.resolve(cluster) },
  {
    name: 'uaa',
    summary: 'administer the UAA',
    load: () =>
      Promise.resolve({
        contents: [
          { name: 'target', summary: 'choose a UAA', load: () => Promise.resolve(cluster) },
        ],
      }),
  },
];

const scripts: Readonly<Record<string, (program?: string) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The sample commands ask for none. */
const noServices = (): Services => ({}) as Services;

const [word, ...rest] = process.argv.slice(2);
const log = process.env['COMPLETION_LOG'];
if (log !== undefined) appendFileSync(log, `${JSON.stringify([word, ...rest])}\n`);

if (word === '__complete') {
  const globalOptions = [new Option('--json', 'print JSON'), new Option('--context <name>')];
  const completion = await suggest(rest.slice(1), {
    contents,
    globalOptions,
    services: noServices,
  });
  process.stdout.write(toReply(completion));
} else if (word === 'completion') {
  process.stdout.write(scripts[rest[0] ?? '']?.(rest[1]) ?? '');
} else {
  process.stdout.write(`<words ${JSON.stringify(process.argv.slice(2))}>\n`);
}
