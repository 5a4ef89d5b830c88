import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';

const user = createUser();
const home = user.env['HOME'] ?? '';
const bashFile = join(home, '.local/share/bash-completion/completions/tpks');

test.each([
  ['bash', {}, bashFile],
  ['bash', { XDG_DATA_HOME: '$/data' }, 'data/bash-completion/completions/tpks'],
  ['bash', { BASH_COMPLETION_USER_DIR: '$/own:/other' }, 'own/completions/tpks'],
  ['zsh', {}, '.local/share/zsh/site-functions/_tpks'],
  ['fish', { XDG_CONFIG_HOME: '$/config' }, 'config/fish/completions/tpks.fish'],
])('tpks completion install %s with %j writes the script once', async (shell, variables, file) => {
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replace('$', home)]),
  );
  const path = file.startsWith('/') ? file : join(home, file);
  const install = (...flags: readonly string[]) =>
    user.tpks(['completion', 'install', shell, ...flags, '-o', 'json'], { env });
  const result = await install();
  expect(JSON.parse(result.stdout)).toMatchObject({ shell, program: 'tpks', path, changed: true });
  const script = (await user.tpks(['completion', shell])).stdout;
  expect(readFileSync(path, 'utf8')).toBe(script);
  expect(JSON.parse((await install()).stdout)).toMatchObject({ path, changed: false });
  expect(JSON.parse((await install('--uninstall')).stdout)).toMatchObject({ path, changed: true });
  expect(await install('--uninstall')).toMatchObject({ code: 0 });
  expect(() => readFileSync(path)).toThrow();
});

test('uses the login shell, and prints the lines that are missing in ~/.zshrc', async () => {
  const env = { SHELL: '/usr/bin/zsh' };
  const { stdout } = await user.tpks(['completion', 'install'], { env });
  const folder = join(home, '.local/share/zsh/site-functions');
  const fpath = `fpath=('${folder}' $fpath)`;
  const compinit = 'autoload -Uz compinit && compinit';
  expect(stdout).toBe(
    `Wrote ${folder}/_tpks\nAdd these lines to ${home}/.zshrc:\n  ${fpath}\n  ${compinit}\nStart a new zsh to use it.\n`,
  );
  const json: unknown = JSON.parse(
    (await user.tpks(['completion', 'install', '--json'], { env })).stdout,
  );
  expect(json).toMatchObject({
    setup: { file: join(home, '.zshrc'), line: `${fpath}\n${compinit}` },
  });
  for (const line of ['autoload -Uz compinit && compinit -i', 'source $ZSH/oh-my-zsh.sh']) {
    writeFileSync(join(home, '.zshrc'), `${line}\n`);
    expect((await user.tpks(['completion', 'install'], { env })).stdout).toContain(
      `Add this line to ${home}/.zshrc, before compinit:\n  ${fpath}\n`,
    );
  }
  const secondEnv = { ...env, FPATH: `/usr/share/zsh:${folder}` };
  expect((await user.tpks(['completion', 'install'], { env: secondEnv })).stdout).toBe(
    `No changes: ${folder}/_tpks is up to date\n`,
  );
});

test('exits with 2 if the login shell is unknown', async () => {
  const { code, stderr } = await user.tpks(['completion', 'install'], {
    env: { SHELL: '/bin/tcsh' },
  });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('tpks completion install bash'),
  });
});

test.each(['..', '.', '.hidden', '-n'])('%j is not the name of a program', async (name) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await user.tpks(['completion', 'install', shell, '--', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('expected letters, digits');
  }
});

test('installs scripts for links', async () => {
  const { stdout } = await user.tpks(['completion', 'install', 'bash', 'uaac']);
  const [, path = ''] = /^Wrote (.*)$/m.exec(stdout) ?? [];
  expect(readFileSync(path, 'utf8')).toContain('complete -o default -F _uaac_complete uaac');
});

test.each([[[]], [['--uninstall']]])('keeps a file that is not from tpks (%j)', async (flags) => {
  mkdirSync(dirname(bashFile), { recursive: true });
  writeFileSync(bashFile, 'complete -W mine tpks\n');
  const { code, stderr } = await user.tpks(['completion', 'install', 'bash', ...flags]);
  expect(code).not.toBe(0);
  expect(stderr).toContain(`${bashFile} was not created by tpks`);
  expect(readFileSync(bashFile, 'utf8')).toBe('complete -W mine tpks\n');
});

test.each([
  [`source '$FILE'`, `source '$FILE'`],
  ['alias k=tpks\n  . ~/$END; true\n', '. ~/$END; true'],
  ['[ -f "$HOME/$END" ] && source "$HOME/$END"', '[ -f "$HOME/$END" ] && source "$HOME/$END"'],
  [`# source $FILE\nsource $FILE.old\necho $FILE\n`, undefined],
])('--uninstall names the line to delete from ~/.bashrc: %j', async (text, expected) => {
  const other = createUser();
  const folder = other.env['HOME'] ?? '';
  const end = '.local/share/bash-completion/completions/tpks';
  const fill = (some: string) =>
    some.replaceAll('$FILE', join(folder, end)).replaceAll('$END', end);
  const file = join(folder, '.bashrc');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, fill(text));
  const line = expected === undefined ? undefined : fill(expected);
  mkdirSync(dirname(join(folder, end)), { recursive: true });
  writeFileSync(join(folder, end), '# bash completion for tpks: for tests\n');
  const uninstall = ['completion', 'install', 'bash', '--uninstall'];
  const { stdout } = await other.tpks(uninstall);
  expect(stdout).toBe(
    `Deleted ${join(folder, end)}\n${line === undefined ? '' : `Delete this line from ${file}:\n  ${line}\n`}`,
  );
  const json: unknown = JSON.parse((await other.tpks([...uninstall, '--json'])).stdout);
  expect(json).toMatchObject({ changed: false, setup: line === undefined ? null : { file, line } });
  expect(readFileSync(file, 'utf8')).toBe(fill(text));
});

// In a separate process, because Node's recursive mkdir never returns in /proc.
test('reports a folder that cannot be created, with a command that works', async () => {
  const env = { XDG_DATA_HOME: '/proc' };
  const { code, stderr } = await user.spawn(['completion', 'install', 'bash'], { env });
  expect(code).toBe(7);
  expect(stderr).toContain('Cannot write /proc/bash-completion/completions/tpks');
  expect(stderr).toContain('Hint: write it to another file: tpks completion bash > FILE');
});

test('does not write through a link that someone has put next to the script', async () => {
  const other = createUser();
  const target = join(other.env['HOME'] ?? '', 'target');
  const path = join(other.env['HOME'] ?? '', '.local/share/bash-completion/completions/tpks');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(target, 'unchanged');
  symlinkSync(target, `${path}.new`);
  const { code } = await other.tpks(['completion', 'install', 'bash']);
  expect({ code, text: readFileSync(target, 'utf8') }).toEqual({ code: 0, text: 'unchanged' });
});
