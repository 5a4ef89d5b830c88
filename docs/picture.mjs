/**
 * `npm run pictures`: writes the pictures in docs/ (SVG) from real runs in a terminal. Needs tmux
 * and the free ports 8443, 8444, 9021 and 9022. Without a keychain, set TPKS_STORE=file; the
 * pictures then show it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../tools/build-if-needed.mjs';

buildIfNeeded();
const program = fileURLToPath(new URL('../bin/tpks.js', import.meta.url));

/** @import { ChildProcess } from 'node:child_process' */

const folder = await mkdtemp(join(tmpdir(), 'tpks-picture-'));
const env = {
  PATH: `${folder}:${process.env.PATH ?? ''}`,
  LANG: 'C.UTF-8',
  HOME: folder,
  TPKS_HOME: join(folder, 'home'),
  DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? '',
  ENV: join(folder, 'shrc'),
  ...(process.env.TPKS_STORE === undefined ? {} : { TPKS_STORE: process.env.TPKS_STORE }),
};
const prompt = /(^|\n)\$$/;
await writeFile(env.ENV, "PS1='\n$ '\n");
await symlink(program, join(folder, 'tpks'));
/** @type {ChildProcess[]} */
const sandboxes = [];
try {
  tmux('new-session', '-d', '-x', '128', '-y', '50', '-c', folder, 'sh');
  await startSandbox('east');
  await startSandbox('west', '--api-port', '9022', '--uaa-port', '8444');
  await type(
    'echo cody-password | tpks login -a localhost:9022 --uaa-url localhost:8444 ' +
      '--ca-cert west/ca.pem -u cody --password-stdin --name cody@west',
  );

  await type('clear');
  await type('tpks login -a localhost -u cody --ca-cert east/ca.pem', /Password:/);
  await type('cody-password');
  await type('tpks clusters');
  await type('tpks status');
  await takePicture('demo', 'tpks login, clusters and status in a terminal');

  await type('clear');
  const create = 'tpks create-cluster dev-9 -e dev-9.example.com -p small --wait';
  await type(create, /Instance provisioning in progress \([3-9] s\)/);
  await takePicture('create', 'tpks create-cluster --wait in a terminal');
  await interrupt();

  await type('tpks clusters --watch', /in progress/);
  await takePicture('watch', 'tpks clusters --watch in a terminal');
  await interrupt();

  const upgrade = 'tpks upgrade-clusters --clusters dev-1,dev-2 --non-interactive --wait';
  await type(upgrade, /dev-1: succeeded.*\n.*dev-2: in progress/);
  await takePicture('upgrade', 'tpks upgrade-clusters --wait in a terminal');
  await interrupt();

  const west = sandboxes.pop();
  if (west) await stop(west);
  await type('tpks clusters --all-contexts');
  await type('echo $?');
  await takePicture('all-contexts', 'tpks clusters --all-contexts in a terminal');
} finally {
  await type('tpks logout --all').catch(() => undefined);
  tmux('kill-server');
  await Promise.all(sandboxes.map(stop));
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {string} name - also the name of its folder.
 * @param {string[]} options
 */
async function startSandbox(name, ...options) {
  const args = ['sandbox', '--dir', name, '--provision-seconds', '10', '--json', ...options];
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  sandboxes.push(child);
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => {
      reject(new Error(`The sandbox ${name} did not start`));
    });
  });
}

/** @param {ChildProcess} sandbox */
async function stop(sandbox) {
  if (sandbox.exitCode !== null) return;
  const closed = once(sandbox, 'close');
  sandbox.kill('SIGINT');
  await closed;
}

/** @param {string[]} args */
function tmux(...args) {
  const allArgs = ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args];
  return execFileSync('tmux', allArgs, { env, encoding: 'utf8' });
}

/**
 * Types a line and waits until the screen matches a pattern.
 *
 * @param {string} line
 * @param {RegExp} pattern
 */
async function type(line, pattern = prompt) {
  tmux('send-keys', '-l', line);
  tmux('send-keys', 'Enter');
  await waitForScreen(pattern);
}

/** Interrupts the current command and clears the screen. */
async function interrupt() {
  tmux('send-keys', 'C-c');
  await waitForScreen(prompt);
  await type('clear');
}

/** @param {RegExp} pattern */
async function waitForScreen(pattern) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    await sleep(500);
    if (pattern.test(tmux('capture-pane', '-p').trim())) return;
  }
  throw new Error(
    `The screen did not match ${String(pattern)} within 60 s:\n${tmux('capture-pane', '-p')}`,
  );
}

/**
 * Writes the current screen to `docs/NAME.svg`.
 *
 * @param {string} name
 * @param {string} title
 */
async function takePicture(name, title) {
  const screen = tmux('capture-pane', '-ep').trim().replace(/\n\$$/, '');
  const lines = screen.trim().split('\n');
  const withBoldCommands = lines.map((line) => line.replace(/^\$ .*/, '\x1b[1m$&\x1b[0m'));
  await writeFile(new URL(`${name}.svg`, import.meta.url), toSvg(withBoldCommands, title));
}

/**
 * @param {string[]} lines - lines of text with SGR codes.
 * @param {string} title
 */
function toSvg(lines, title) {
  const [cellWidth, rowHeight, margin] = [7.8, 18, 18];
  const columns = Math.max(...lines.map((line) => withoutColors(line).length));
  const width = Math.ceil(columns * cellWidth + 2 * margin);
  const height = lines.length * rowHeight + 2 * margin;
  const texts = lines.flatMap((line, index) => {
    const plain = withoutColors(line);
    if (plain === '') return [];
    const length = `textLength="${(plain.length * cellWidth).toFixed(1)}" lengthAdjust="spacing"`;
    const y = margin + (index + 0.75) * rowHeight;
    return [
      `  <text x="${margin}" y="${y}" ${length} xml:space="preserve">${toSpans(line)}</text>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
  <title>${title}</title>
  <style>
    text { fill: #1f2328; font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace }
    rect { fill: #f6f8fa; stroke: #8b949e; stroke-opacity: 0.4 }
    .c1 { font-weight: bold } .c2 { fill: #59636e } .c31 { fill: #a40e26 } .c32 { fill: #116329 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } rect { fill: #0d1117 }
      .c2 { fill: #8b949e } .c31 { fill: #ff7b72 } .c32 { fill: #56d364 }
    }
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" />
${texts.join('\n')}
</svg>
`;
}

/**
 * Converts SGR codes to CSS classes.
 *
 * @param {string} line
 */
function toSpans(line) {
  /** @type {string[]} */
  let active = [];
  return line
    .split(/\x1b\[([\d;]*)m/)
    .map((part, index) => {
      if (index % 2 === 0) return active.length === 0 ? escapeXml(part) : toSpan(active, part);
      for (const code of part.split(';')) active = applyCode(active, code);
      return '';
    })
    .join('');
}

/**
 * @param {string[]} codes
 * @param {string} text
 */
function toSpan(codes, text) {
  const names = codes.map((code) => `c${code}`).join(' ');
  return `<tspan class="${names}">${escapeXml(text)}</tspan>`;
}

/**
 * Code 0 resets everything, code 39 only the color, which has two digits.
 *
 * @param {string[]} active
 * @param {string} code
 */
function applyCode(active, code) {
  if (code === '' || code === '0') return [];
  return code === '39' ? active.filter((other) => other.length === 1) : [...active, code];
}

/** @param {string} line */
function withoutColors(line) {
  return line.replaceAll(/\x1b\[[\d;]*m/g, '');
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
