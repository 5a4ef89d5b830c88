// Performs actions on the terminal of this process one after the other, and prints the error of the
// first one that fails. Arguments: the names of the actions, and flags such as --json.
import { systemClock } from '../../../src/base/clock.js';
import { exitCodes, isTpksError } from '../../../src/base/errors.js';
import { type List, showList } from '../../../src/commands/resource/list.js';
import { readEnvironment } from '../../../src/platform/config/environment.js';
import { createTerminal, type Terminal } from '../../../src/platform/terminal/terminal.js';

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('--'));
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const terminal = createTerminal({
  io: process,
  env: readEnvironment(process.env),
  options: () => ({
    json: flags.includes('--json'),
    interactive: !flags.includes('--non-interactive'),
    color: !flags.includes('--no-color'),
  }),
  imitatesPks: false,
  hasOriginalLayout: false,
});

const question = { message: 'Password: ', hidden: true, hint: '--password-stdin' };

const list: List<{ readonly name: string }> = {
  noun: 'cluster',
  columns: [{ head: 'Name', cell: ({ name }) => name }],
  nameOf: ({ name }) => name,
};

const actions: Readonly<Record<string, (terminal: Terminal) => Promise<void>>> = {
  async ask({ prompt: ask, show }) {
    const answer = await ask(question);
    await show({ json: { answer }, text: [`got ${JSON.stringify(answer)}`] });
  },
  async 'ask-twice'({ prompt: ask, show }) {
    const user = await ask({ message: 'User: ', hint: '-u' });
    const password = await ask(question);
    await show({ json: null, text: [`got ${JSON.stringify([user, password])}`] });
  },
  async stdin({ readStdin, show }) {
    const json = [await readStdin('-f'), await readStdin('-f')];
    await show({ json, text: [JSON.stringify(json)] });
  },
  async list(terminal) {
    const items = Array.from({ length: 20_000 }, (_, index) => ({ name: `cluster-${index}` }));
    await showList(list, items, {}, { terminal, clock: systemClock });
    terminal.note('done');
  },
  show: ({ show }) =>
    show({
      json: { name: 'a\u001b[31m\u009b\u202e' },
      text: [['a\u001b[31m\u009b\u202e ', { text: 'failed', tone: 'bad' }]],
    }),
};

try {
  for (const word of words) await actions[word]?.(terminal);
} catch (error) {
  if (!isTpksError(error)) throw error;
  terminal.note(`Error: ${error.message}`);
  if (error.hint !== undefined) terminal.note(`Hint: ${error.hint}`);
  process.exitCode = exitCodes[error.kind];
}
