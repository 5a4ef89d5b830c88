import { PassThrough, Writable, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { readLine } from '../../../../src/platform/terminal/stdin.js';
import { createTerminal, type OutputFormat } from '../../../../src/platform/terminal/terminal.js';
import { readAvailable } from '../../../support/checks/read-available.js';

interface TerminalConditions {
  readonly json?: boolean;
  readonly output?: OutputFormat;
  readonly interactive?: boolean;
  readonly color?: boolean;
  readonly tty?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: Writable;
  readonly imitatesPks?: boolean;
  /** The width of stderr. */
  readonly columns?: number;
}

/** Creates a terminal on streams that record what is written. */
function createTestTerminal({
  json = false,
  output,
  interactive = true,
  color = true,
  tty = {},
  env = {},
  stdout = new PassThrough(),
  imitatesPks = false,
  columns = 80,
}: TerminalConditions = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: tty.stdin === true });
  const stderr = Object.assign(new PassThrough(), { isTTY: tty.stderr === true, columns });
  const screen = Object.assign(stdout, { isTTY: tty.stdout === true });
  const options = () => ({ json, output, interactive, color });
  const terminal = createTerminal({
    io: { stdin, stdout: screen, stderr },
    env,
    options,
    imitatesPks,
    hasOriginalLayout: imitatesPks,
  });
  const read = (stream: Writable) => (stream instanceof PassThrough ? readAvailable(stream) : '');
  return { terminal, stdin, out: () => read(screen), err: () => read(stderr) };
}

/** Creates a stdout that counts its writes and passes each one to a function. */
function createStdout(
  write: (done: (error?: Error) => void) => void,
): Writable & { writes: number } {
  const stream = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      writable.writes += 1;
      write(done);
    },
  });
  const writable = Object.assign(
    stream.on('error', () => undefined),
    { writes: 0 },
  );
  return writable;
}

function createError(code: string): Error {
  return Object.assign(new Error(`${code}: no way`), { code });
}

const view = {
  json: { name: 'dev\u001b' },
  text: ['Name: dev\u001b\r', [{ text: 'failed\u202e', tone: 'bad' as const }, ' again']],
};

describe('show', () => {
  test('prints text and escapes each line', async () => {
    const { terminal, out, err } = createTestTerminal({ tty: { stdout: true }, color: false });
    await terminal.show(view);
    expect(out()).toBe('Name: dev\\x1b\\r\nfailed\\u202e again\n');
    expect(err()).toBe('');
  });

  test('shows tones as colors on a terminal, and escapes all other control characters', async () => {
    const { terminal, out } = createTestTerminal({ tty: { stdout: true } });
    await terminal.show(view);
    expect(out()).toBe('Name: dev\\x1b\\r\n\u001b[31mfailed\\u202e\u001b[39m again\n');
  });

  test('uses colors only if stdout is a terminal, regardless of the other streams', async () => {
    const { terminal, out } = createTestTerminal({ tty: { stdin: true, stderr: true } });
    await terminal.show(view);
    expect(out()).not.toContain('\u001b');
  });

  describe('with lines for a terminal', () => {
    const screenView = {
      ...view,
      screen: (columns: number) => [
        `${String(columns)} columns`,
        [{ text: 'in progress', tone: 'busy' as const }],
      ],
    };

    test('prints them on a terminal, with the colors of all states', async () => {
      const { terminal, out } = createTestTerminal({ tty: { stdout: true } });
      expect(terminal.usesScreen()).toBe(true);
      await terminal.show(screenView);
      expect(out()).toBe('80 columns\n\u001b[33min progress\u001b[39m\n');
    });

    test.each([
      { name: 'in a pipe' },
      { name: 'through a link', tty: { stdout: true }, imitatesPks: true },
    ])('prints the text $name', async (conditions) => {
      const { terminal, out } = createTestTerminal({ color: false, ...conditions });
      expect(terminal.usesScreen()).toBe(false);
      await terminal.show(screenView);
      expect(out()).toBe('Name: dev\\x1b\\r\nfailed\\u202e again\n');
    });

    test.each([{ json: true }, { output: 'yaml' as const }, { output: 'name' as const }])(
      'prints the requested format: %j',
      async (conditions) => {
        const { terminal, out } = createTestTerminal({ tty: { stdout: true }, ...conditions });
        expect(terminal.usesScreen()).toBe(false);
        await terminal.show({ ...screenView, name: 'dev' });
        expect(out()).toContain('dev');
        expect(out()).not.toContain('columns');
      },
    );

    test('a link does not color the states that the original CLI does not color', async () => {
      const text = [[{ text: 'in progress', tone: 'busy' as const }]];
      const { terminal, out } = createTestTerminal({ tty: { stdout: true }, imitatesPks: true });
      await terminal.show({ json: null, text });
      expect(out()).toBe('in progress\n');
    });
  });

  test('prints JSON with the indent of the view', async () => {
    const { terminal, out } = createTestTerminal({ json: true });
    await terminal.show({ ...view, indent: 3 });
    expect(out()).toBe('{\n   "name": "dev\\u001b"\n}\n');
    await terminal.show(view);
    expect(out()).toBe('{\n  "name": "dev\\u001b"\n}\n');
  });

  test('prints YAML or only the name, depending on -o', async () => {
    const yaml = createTestTerminal({ output: 'yaml' });
    await yaml.terminal.show({ json: { name: 'dev', size: 3 }, text: [] });
    expect(yaml.out()).toBe('name: dev\nsize: 3\n');
    const name = createTestTerminal({ output: 'name' });
    await name.terminal.show({ ...view, name: 'dev' });
    await name.terminal.show({ json: {}, text: ['without a name'] });
    expect(name.out()).toBe('dev\nwithout a name\n');
  });
});

describe('write', () => {
  test('writes bytes unchanged', async () => {
    const { terminal, out } = createTestTerminal();
    await terminal.write('\u001b[0m');
    await terminal.write(Buffer.from('ä'));
    expect(out()).toBe('\u001b[0mä');
  });

  test('stops reading from a server if the reader of stdout has closed it', async () => {
    const stdout = createStdout((done) => done(createError('EPIPE')));
    const { terminal } = createTestTerminal({ stdout });
    let read = 0;
    const repeatForever = async function* () {
      for (;;) {
        read += 1;
        yield await Promise.resolve(Buffer.from('event\n'));
      }
    };
    await terminal.writeUntrusted(repeatForever());
    expect(read).toBe(1);
  });

  test('reports a full disk', async () => {
    const stdout = createStdout((done) => done(createError('ENOSPC')));
    const { terminal } = createTestTerminal({ stdout });
    await expect(terminal.show(view)).rejects.toMatchObject({
      kind: 'storage',
      message: 'Cannot write the result: ENOSPC: no way',
    });
  });
});

describe('relay', () => {
  const label = { text: 'dev\u001b | ', tone: 'source1' as const };

  test('prints lines after a label: unchanged in a pipe, with a color and escaped on a terminal', async () => {
    const { terminal, out, err } = createTestTerminal({ tty: { stdout: true } });
    expect(await terminal.relay('stdout', label, ['a\tb', '\u001b[2J\r'])).toBe(true);
    const start = '\u001b[36mdev\\x1b | \u001b[39m';
    expect(out()).toBe(`${start}a\tb\n${start}\\x1b[2J\\r\n`);
    await terminal.relay('stderr', label, ['\u001b[2J']);
    expect(err()).toBe('dev\\x1b | \u001b[2J\n');
  });

  test('reports a reader that has closed the pipe', async () => {
    const stdout = createStdout((done) => done(createError('EPIPE')));
    const { terminal } = createTestTerminal({ stdout });
    expect(await terminal.relay('stdout', label, ['a'])).toBe(false);
    expect(await terminal.relay('stdout', label, ['b'])).toBe(false);
    expect(stdout.writes).toBe(1);
  });
});

describe('note and warn', () => {
  test('print to stderr, escaped, even with --json', () => {
    const { terminal, out, err } = createTestTerminal({ json: true });
    terminal.note('Logged in at \u001b[2Jevil\nhost');
    expect(err()).toBe('Logged in at \\x1b[2Jevil\\nhost\n');
    expect(out()).toBe('');
  });

  const longNote = 'Logged in at api.example.com, to list the clusters run: tpks clusters -o wide';

  test('are broken between words on a terminal, except in a command', () => {
    const { terminal, err } = createTestTerminal({ tty: { stderr: true }, columns: 40 });
    terminal.note(`  ${longNote}`);
    terminal.warn('the certificate of api.example.com is not verified');
    terminal.note('  SHA-256:  AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45');
    expect(err().split('\n')).toEqual([
      '  Logged in at api.example.com, to list',
      '  the clusters run:',
      '  tpks clusters -o wide',
      'Warning: the certificate of',
      '         api.example.com is not verified',
      '  SHA-256:  AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45',
      '',
    ]);
  });

  test.each<[string, TerminalConditions]>([
    ['in a pipe', { columns: 40 }],
    ['if the terminal does not know its width', { tty: { stderr: true }, columns: 0 }],
    ['through a link', { tty: { stderr: true }, columns: 40, imitatesPks: true }],
  ])('stay on one line %s', (_name, conditions) => {
    const { terminal, err } = createTestTerminal(conditions);
    terminal.note(longNote);
    expect(err()).toBe(`${longNote}\n`);
  });

  test('print the same warning only once', () => {
    const { terminal, err } = createTestTerminal();
    terminal.warn('TLS is not verified');
    terminal.warn('TLS is not verified');
    terminal.warn('another');
    expect(err()).toBe('Warning: TLS is not verified\nWarning: another\n');
  });
});

describe('announce', () => {
  test.each<[string, TerminalConditions, 'stdout' | 'stderr']>([
    ['tpks', {}, 'stderr'],
    ['a link named pks', { imitatesPks: true }, 'stdout'],
    ['a link with --json', { imitatesPks: true, json: true }, 'stderr'],
    ['a link with -o yaml', { imitatesPks: true, output: 'yaml' }, 'stderr'],
  ])('of %s (%j) prints to %s', async (_case, conditions, expected) => {
    const { terminal, out, err } = createTestTerminal(conditions);
    await terminal.announce(['You are about to upgrade \u001b[2Jc1.', '']);
    // A script that reads the stdout of a link gets the same bytes as from the original CLI.
    const name = expected === 'stdout' ? '\u001b[2Jc1' : '\\x1b[2Jc1';
    const text = `You are about to upgrade ${name}.\n\n`;
    expect({ stdout: out(), stderr: err() }).toEqual({ stdout: '', stderr: '', [expected]: text });
  });
});

test('announce breaks lines and shows tones if stderr is a terminal', async () => {
  const { terminal, err } = createTestTerminal({ tty: { stderr: true }, columns: 20 });
  await terminal.announce([[{ text: '+', tone: 'good' }, ' ', 'group team.blue: member cody']]);
  expect(err()).toBe('\u001b[32m+\u001b[39m group team.blue:\n  member cody\n');
});

describe('canPrompt', () => {
  const both = { stdin: true, stderr: true };
  test.each([
    ['stdin and stderr are terminals', { tty: both }, true],
    ['stdout is redirected', { tty: { ...both, stdout: false } }, true],
    ['stdin is redirected', { tty: { stderr: true } }, false],
    ['stderr is redirected', { tty: { stdin: true } }, false],
    ['--non-interactive is set', { tty: both, interactive: false }, false],
  ])('if %s (%j) is %j', (_case, conditions, expected) => {
    expect(createTestTerminal(conditions).terminal.canPrompt()).toBe(expected);
  });
});

describe('prompt', () => {
  test.each([
    ['Password: ', 'Missing password'],
    ['Passcode:', 'Missing passcode'],
    ['User? ', 'Missing user'],
  ])('fails for %j without a terminal, with the error "%s"', async (prompt, message) => {
    const { terminal, out, err } = createTestTerminal();
    const question = { message: prompt, hint: '--password-stdin or TPKS_PASSWORD' };
    await expect(terminal.prompt(question)).rejects.toMatchObject({
      kind: 'usage',
      message,
      hint: '--password-stdin or TPKS_PASSWORD',
    });
    expect(out() + err()).toBe('');
  });
});

describe('prompt with a password in a pipe', () => {
  const password = { message: 'Password: ', hidden: true, hint: 'use --password-stdin' };
  const piped = (conditions: TerminalConditions) => {
    const created = createTestTerminal(conditions);
    created.stdin.end('pass word\nnext line\n');
    return created.terminal;
  };

  test('reads one line through a link named pks', async () => {
    await expect(piped({ imitatesPks: true }).prompt(password)).resolves.toBe('pass word');
  });

  test.each<[TerminalConditions]>([
    [{ imitatesPks: false }],
    [{ imitatesPks: true, interactive: false }],
  ])('fails for %j', async (conditions) => {
    await expect(piped(conditions).prompt(password)).rejects.toMatchObject({
      kind: 'usage',
      message: 'Missing password',
    });
  });

  test('does not use the password as the username', async () => {
    const question = { message: 'Username: ', hint: 'use --username' };
    await expect(piped({ imitatesPks: true }).prompt(question)).rejects.toMatchObject({
      message: 'Missing username',
    });
  });
});

describe('readStdin', () => {
  test('returns the same text each time', async () => {
    const { terminal, stdin } = createTestTerminal();
    stdin.end('sécret\n');
    const [first, second] = await Promise.all([terminal.readStdin('-f'), terminal.readStdin('-f')]);
    expect([first, second]).toEqual(['sécret\n', 'sécret\n']);
  });

  test('rejects a second input, and a prompt after the first', async () => {
    const tty = { stdin: true, stderr: true };
    const { terminal, stdin } = createTestTerminal({ tty });
    expect(terminal.stdinName()).toBeUndefined();
    stdin.end('text');
    await terminal.readStdin('--ca-cert');
    expect(terminal.stdinName()).toBe('--ca-cert');
    await expect(terminal.readStdin('--password-stdin')).rejects.toMatchObject({
      kind: 'usage',
      message: '--ca-cert and --password-stdin use stdin, which can be read only once',
    });
    expect(terminal.canPrompt()).toBe(false);
    await expect(
      terminal.prompt({ message: 'Password: ', hint: 'use --password' }),
    ).rejects.toMatchObject({ message: 'Missing password: stdin was read for --ca-cert' });
  });

  test.each([
    ['too large (limit 1 KiB)', Buffer.alloc(1025, 'a')],
    ['not UTF-8 text', Buffer.of(0x61, 0xe4)],
  ])('rejects input that is %s', async (reason, content) => {
    const { terminal, stdin } = createTestTerminal();
    stdin.end(content);
    await expect(terminal.readStdin('-f', 1024)).rejects.toMatchObject({
      kind: 'usage',
      message: `Standard input is ${reason}`,
    });
  });

  test('reports an error of stdin', async () => {
    const { terminal, stdin } = createTestTerminal();
    stdin.destroy(createError('EIO'));
    await expect(terminal.readStdin('-f')).rejects.toMatchObject({
      kind: 'failed',
      message: 'Cannot read standard input: EIO: no way',
    });
  });
});

describe('live lines', () => {
  test.each<[boolean, string, TerminalConditions]>([
    [true, 'a terminal', { tty: { stderr: true } }],
    [false, 'a pipe', {}],
    [false, 'a dumb terminal', { tty: { stderr: true }, env: { TERM: 'dumb' } }],
    [false, 'a screen reader', { tty: { stderr: true }, env: { ACCESSIBLE: '1' } }],
  ])('are supported (%s) on %s', (expected, _name, conditions) => {
    const { terminal, err } = createTestTerminal(conditions);
    expect(terminal.canRepaint()).toBe(expected);
    terminal.showLive(['dev-1: in progress']);
    expect(err() !== '').toBe(expected);
  });

  const screen = { stderr: true, stdout: true };
  test.each<[boolean, string, TerminalConditions]>([
    [true, 'a terminal', { tty: screen }],
    [true, 'a terminal if stdout is a pipe', { tty: { stderr: true } }],
    [false, 'a terminal with NO_COLOR', { tty: screen, env: { NO_COLOR: '' } }],
    [false, 'a link', { tty: screen, imitatesPks: true }],
  ])('have colors (%s) on %s', async (expected, _name, conditions) => {
    const { terminal, err } = createTestTerminal(conditions);
    const line = ['dev-1: ', { text: 'in progress', tone: 'busy' as const }];
    terminal.showLive([line]);
    const output = err();
    expect(output).toContain('in progress');
    expect(output.includes('\u001b[33min progress\u001b[39m')).toBe(expected);
  });
});

describe('untilQuit', () => {
  const start = (conditions: TerminalConditions = {}) => {
    const tty = { stdin: true, stdout: true, stderr: true };
    const modes: boolean[] = [];
    const test = createTestTerminal({ tty, ...conditions });
    Object.assign(test.stdin, { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    let hasEnded = false;
    const never = new Promise<string>(() => undefined);
    const running = test.terminal.untilQuit(() => never).finally(() => (hasEnded = true));
    return { ...test, modes, running, hasEnded: () => hasEnded };
  };

  test.each(['q', 'Q', '\u0003'])('ends when %j is pressed, and leaves raw mode', async (key) => {
    const { stdin, running, modes } = start();
    stdin.write(`x${key}`);
    expect(await running).toBeUndefined();
    expect(modes).toEqual([true, false]);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  test('leaves raw mode if the work fails', async () => {
    const { stdin, terminal, modes } = start();
    const failed = new Error('failed');
    const running = terminal.untilQuit(() => Promise.reject(failed));
    await expect(running).rejects.toBe(failed);
    expect(modes.at(-1)).toBe(false);
    stdin.write('q');
  });

  test('leaves the keys to a prompt, and reads them again afterwards', async () => {
    const { stdin, terminal, running, hasEnded } = start();
    const answer = terminal.prompt({ message: 'Password: ', hidden: true, hint: '' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stdin.write('q-1\r');
    expect(await answer).toBe('q-1');
    expect(hasEnded()).toBe(false);
    stdin.write('q');
    await running;
  });

  test.each<[string, TerminalConditions]>([
    ['without a keyboard', { tty: { stdout: true, stderr: true } }],
    ['if stdout is a pipe', { tty: { stdin: true, stderr: true } }],
    ['if lines cannot be redrawn', { env: { TERM: 'dumb' } }],
    ['with --non-interactive', { interactive: false }],
    ['through a link', { imitatesPks: true }],
  ])('reads no keys %s', async (_condition, conditions) => {
    const { stdin, terminal, modes } = start(conditions);
    stdin.write('q');
    expect(await terminal.untilQuit(async () => 'done')).toBe('done');
    expect([terminal.canQuit(), modes]).toEqual([false, []]);
  });
});

const timeoutMilliseconds = 1000;

test.each([
  ['y\n', 'y'],
  ['y\r\n', 'y'],
  ['yes', 'yes'],
  ['\n', ''],
  ['größe\nmore\n', 'größe'],
])('reads %j as the line %j', async (text, line) => {
  expect(await readLine(Readable.from([Buffer.from(text)]), timeoutMilliseconds)).toBe(line);
});

test('returns undefined at the end of input, after the timeout and for very long lines', async () => {
  expect(await readLine(Readable.from([]), timeoutMilliseconds)).toBeUndefined();
  const endedStream = Readable.from([]);
  await endedStream.toArray();
  expect(await readLine(endedStream, timeoutMilliseconds)).toBeUndefined();
  expect(await readLine(new PassThrough(), 20)).toBeUndefined();
  expect(await readLine(Readable.from(['x'.repeat(10_000)]), timeoutMilliseconds)).toBeUndefined();
});
