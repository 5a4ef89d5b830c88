import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { createTerminal, type OutputFormat } from '../../../src/terminal/terminal.js';

interface Circumstances {
  readonly json?: boolean;
  readonly output?: OutputFormat;
  readonly interactive?: boolean;
  readonly color?: boolean;
  readonly tty?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: Writable;
}

/** A terminal on streams that remember what was written. */
function terminalWith({
  json = false,
  output,
  interactive = true,
  color = true,
  tty = {},
  env = {},
  stdout = new PassThrough(),
}: Circumstances = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: tty.stdin === true });
  const stderr = Object.assign(new PassThrough(), { isTTY: tty.stderr === true });
  const screen = Object.assign(stdout, { isTTY: tty.stdout === true });
  const options = () => ({ json, output, interactive, color });
  const terminal = createTerminal({ stdin, stdout: screen, stderr }, env, options);
  const read = (stream: Writable) =>
    stream instanceof PassThrough ? String(stream.read() ?? '') : '';
  return { terminal, stdin, out: () => read(screen), err: () => read(stderr) };
}

/** A stdout whose every write ends as told. */
function stdoutThat(write: (done: (error?: Error) => void) => void): Writable & { writes: number } {
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

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: no way`), { code });
}

async function* names(count: number, made: string[] = []): AsyncGenerator<string> {
  for (let index = 0; index < count; index += 1) {
    made.push(`c${String(index)}`);
    yield await Promise.resolve(`c${String(index)}`);
  }
}

const view = {
  json: { name: 'dev\u001b' },
  text: ['Name: dev\u001b\r', [{ text: 'failed\u202e', tone: 'bad' as const }, ' for good']],
};

describe('show', () => {
  test('as text, each line escaped', async () => {
    const { terminal, out, err } = terminalWith({ tty: { stdout: true }, color: false });
    await terminal.show(view);
    expect(out()).toBe('Name: dev\\x1b\\r\nfailed\\u202e for good\n');
    expect(err()).toBe('');
  });

  test('shows tones as colours on a terminal, and escapes all other control characters', async () => {
    const { terminal, out } = terminalWith({ tty: { stdout: true } });
    await terminal.show(view);
    expect(out()).toBe('Name: dev\\x1b\\r\n\u001b[31mfailed\\u202e\u001b[39m for good\n');
  });

  test('colour is decided by stdout, not by the other streams', async () => {
    const { terminal, out } = terminalWith({ tty: { stdin: true, stderr: true } });
    await terminal.show(view);
    expect(out()).not.toContain('\u001b');
  });

  test('as JSON with the indent of its view', async () => {
    const { terminal, out } = terminalWith({ json: true });
    await terminal.show({ ...view, indent: 3 });
    expect(out()).toBe('{\n   "name": "dev\\u001b"\n}\n');
    await terminal.show(view);
    expect(out()).toBe('{\n  "name": "dev\\u001b"\n}\n');
  });

  test('as YAML, or by its name only, if -o says so', async () => {
    const yaml = terminalWith({ output: 'yaml' });
    await yaml.terminal.show({ json: { name: 'dev', size: 3 }, text: [] });
    expect(yaml.out()).toBe('name: dev\nsize: 3\n');
    const name = terminalWith({ output: 'name' });
    await name.terminal.show({ ...view, name: 'dev' });
    await name.terminal.show({ json: {}, text: ['without a name'] });
    expect(name.out()).toBe('dev\nwithout a name\n');
  });

  test('a result without lines prints nothing', async () => {
    const { terminal, out } = terminalWith();
    await terminal.show({ json: [], text: [] });
    expect(out()).toBe('');
  });
});

describe('writeAll', () => {
  async function* failingAfter(count: number): AsyncGenerator<string> {
    yield* names(count);
    throw new TpksError('unavailable', 'The connection broke off', { hint: 'try again' });
  }

  test('reports incomplete output if the source fails after its first piece', async () => {
    const { terminal, out } = terminalWith();
    await expect(terminal.writeAll(failingAfter(2))).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The connection broke off; the output is incomplete',
      hint: 'try again',
    });
    expect(out()).toBe('c0c1');
  });

  test('does not mention the output if there is none', async () => {
    const { terminal } = terminalWith();
    await expect(terminal.writeAll(failingAfter(0))).rejects.toMatchObject({
      message: 'The connection broke off',
    });
  });

  test('waits for a slow reader before it requests the next piece', async () => {
    const made: string[] = [];
    const waiting: (() => void)[] = [];
    const stdout = stdoutThat((done) => waiting.push(done));
    const { terminal } = terminalWith({ stdout });
    const shown = terminal.writeAll(names(50, made));
    for (let round = 1; round <= 5; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(made).toHaveLength(round);
      waiting.shift()?.();
    }
    const drain = setInterval(() => waiting.shift()?.(), 0);
    await shown;
    clearInterval(drain);
    expect(made).toHaveLength(50);
  });

  test('requests no more pieces once the reader has gone, and does not fail', async () => {
    const made: string[] = [];
    const stdout = stdoutThat((done) => done(failure('EPIPE')));
    const { terminal } = terminalWith({ stdout });
    await terminal.writeAll(names(50, made));
    expect(made).toEqual(['c0']);
  });
});

describe('write', () => {
  test('gives bytes on as they are', async () => {
    const { terminal, out } = terminalWith();
    await terminal.write('\u001b[0m');
    await terminal.write(Buffer.from('ä'));
    expect(out()).toBe('\u001b[0mä');
  });

  test('stops reading from a server once the reader of stdout has gone', async () => {
    const stdout = stdoutThat((done) => done(failure('EPIPE')));
    const { terminal } = terminalWith({ stdout });
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read += 1;
        yield await Promise.resolve(Buffer.from('event\n'));
      }
    };
    await terminal.writeUntrusted(endless());
    expect(read).toBe(1);
  });

  test('after the reader has gone, nothing more is tried', async () => {
    const stdout = stdoutThat((done) => done(failure('EPIPE')));
    const { terminal } = terminalWith({ stdout });
    await terminal.write('one');
    await terminal.write('two');
    await terminal.show(view);
    expect(stdout.writes).toBe(1);
  });

  test('a full disk is a failure', async () => {
    const stdout = stdoutThat((done) => done(failure('ENOSPC')));
    const { terminal } = terminalWith({ stdout });
    await expect(terminal.show(view)).rejects.toMatchObject({
      kind: 'storage',
      message: 'Cannot write the result: ENOSPC: no way',
    });
  });
});

describe('notes and warnings', () => {
  test('go to stderr, escaped, also under --json', () => {
    const { terminal, out, err } = terminalWith({ json: true });
    terminal.note('Logged in at \u001b[2Jevil\nhost');
    expect(err()).toBe('Logged in at \\x1b[2Jevil\\nhost\n');
    expect(out()).toBe('');
  });

  test('the same warning is printed only once', () => {
    const { terminal, err } = terminalWith();
    terminal.warn('TLS is not verified');
    terminal.warn('TLS is not verified');
    terminal.warn('another');
    expect(err()).toBe('Warning: TLS is not verified\nWarning: another\n');
  });
});

describe('canAsk', () => {
  const both = { stdin: true, stderr: true };
  test.each([
    ['stdin and stderr are a terminal', { tty: both }, true],
    ['stdout is redirected', { tty: { ...both, stdout: false } }, true],
    ['stdin is redirected', { tty: { stderr: true } }, false],
    ['stderr is redirected', { tty: { stdin: true } }, false],
    ['--non-interactive', { tty: both, interactive: false }, false],
  ])('%s', (_case, circumstances, can) => {
    expect(terminalWith(circumstances).terminal.canPrompt()).toBe(can);
  });
});

describe('ask', () => {
  test.each([
    ['Password: ', 'Missing password'],
    ['Passcode:', 'Missing passcode'],
    ['User? ', 'Missing user'],
  ])('%j without anybody to answer', async (prompt, message) => {
    const { terminal, out, err } = terminalWith();
    const question = { message: prompt, hint: '--password-stdin or TPKS_PASSWORD' };
    await expect(terminal.prompt(question)).rejects.toMatchObject({
      kind: 'usage',
      message,
      hint: '--password-stdin or TPKS_PASSWORD',
    });
    expect(out() + err()).toBe('');
  });
});

describe('readStdin', () => {
  test('gives the same text however often it is asked', async () => {
    const { terminal, stdin } = terminalWith();
    stdin.end('sécret\n');
    const [one, other] = await Promise.all([terminal.readStdin(), terminal.readStdin()]);
    expect([one, other]).toEqual(['sécret\n', 'sécret\n']);
  });

  test('a broken stdin is a failure', async () => {
    const { terminal, stdin } = terminalWith();
    stdin.destroy(failure('EIO'));
    await expect(terminal.readStdin()).rejects.toMatchObject({
      kind: 'failed',
      message: 'Cannot read standard input: EIO: no way',
    });
  });
});

describe('lines that change in place', () => {
  test.each<[boolean, string, Circumstances]>([
    [true, 'a terminal', { tty: { stderr: true } }],
    [false, 'a pipe', {}],
    [false, 'a dumb terminal', { tty: { stderr: true }, env: { TERM: 'dumb' } }],
    [false, 'a screen reader', { tty: { stderr: true }, env: { ACCESSIBLE: '1' } }],
  ])('are %s for %s', (expected, _what, circumstances) => {
    const { terminal, err } = terminalWith(circumstances);
    expect(terminal.canRepaint()).toBe(expected);
    terminal.showLive(['dev-1: in progress']);
    expect(err() !== '').toBe(expected);
  });
});
