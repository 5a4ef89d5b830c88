// `npm run pictures`: makes the pictures of docs/ out of real runs at a terminal. Needs tmux for the
// terminal, free ports 9021, 8443, 9022 and 8444, and a keychain to look its best.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/tpks.js', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'tpks-picture-'));
const env = {
  PATH: `${folder}:${process.env.PATH}`,
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
  await take('demo', 'tpks login, clusters and status in a terminal');

  await type('clear');
  const create = 'tpks create-cluster dev-9 -e dev-9.example.com -p small --wait';
  await type(create, /Instance provisioning in progress \([3-9] s\)/);
  await take('create', 'tpks create-cluster --wait in a terminal');
  await interrupt();

  await type('tpks clusters --watch', /in progress/);
  await take('watch', 'tpks clusters --watch in a terminal');
  await interrupt();

  const upgrade = 'tpks upgrade-clusters --clusters dev-1,dev-2 --non-interactive --wait';
  await type(upgrade, /dev-1: succeeded.*\n.*dev-2: in progress/);
  await take('upgrade', 'tpks upgrade-clusters --wait in a terminal');
  await interrupt();

  await stop(sandboxes.pop());
  await type('tpks clusters --all-contexts');
  await type('echo $?');
  await take('all-contexts', 'tpks clusters --all-contexts in a terminal');
} finally {
  await type('tpks logout --all').catch(() => undefined);
  tmux('kill-server');
  await Promise.all(sandboxes.map(stop));
  await rm(folder, { recursive: true, force: true });
}

async function startSandbox(name, ...more) {
  const words = ['sandbox', '--dir', name, '--provision-seconds', '10', '--json', ...more];
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  sandboxes.push(child);
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => reject(new Error(`The sandbox ${name} did not start`)));
  });
}

function stop(sandbox) {
  if (sandbox.exitCode !== null) return undefined;
  const closed = new Promise((resolve) => sandbox.once('close', resolve));
  sandbox.kill('SIGINT');
  return closed;
}

function tmux(...words) {
  const all = ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...words];
  return execFileSync('tmux', all, { env, encoding: 'utf8' });
}

/** Types a line as a person does, and waits until the screen ends in, or shows, what is awaited. */
async function type(line, awaited = prompt) {
  tmux('send-keys', '-l', line);
  tmux('send-keys', 'Enter');
  await screenWith(awaited);
}

/** Ends a command that goes on, and begins a new screen. */
async function interrupt() {
  tmux('send-keys', 'C-c');
  await screenWith(prompt);
  await type('clear');
}

async function screenWith(pattern) {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    await sleep(500);
    if (pattern.test(tmux('capture-pane', '-p').trim())) return;
  }
  throw new Error(`${String(pattern)} did not come:\n${tmux('capture-pane', '-p')}`);
}

async function take(name, title) {
  const screen = tmux('capture-pane', '-ep').trim().replace(/\n\$$/, '');
  const target = fileURLToPath(new URL(`${name}.svg`, import.meta.url));
  const lines = screen.trim().split('\n');
  await writeFile(
    target,
    toSvg(
      lines.map((line) => line.replace(/^\$ .*/, '\x1b[1m$&\x1b[0m')),
      title,
    ),
  );
}

function toSvg(lines, title) {
  const [cell, row, margin] = [7.8, 18, 18];
  const widest = Math.max(...lines.map((line) => unpainted(line).length));
  const width = Math.ceil(widest * cell + 2 * margin);
  const height = lines.length * row + 2 * margin;
  const texts = lines.flatMap((line, index) => {
    const plain = unpainted(line);
    if (plain === '') return [];
    const size = `textLength="${(plain.length * cell).toFixed(1)}" lengthAdjust="spacing"`;
    const y = margin + (index + 0.75) * row;
    return [`  <text x="${margin}" y="${y}" ${size} xml:space="preserve">${toSpans(line)}</text>`];
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

/** Colours become classes; everything else stays the text that it is. */
function toSpans(line) {
  let on = [];
  return line
    .split(/\x1b\[([\d;]*)m/)
    .map((part, index) => {
      if (index % 2 === 0) return on.length === 0 ? escaped(part) : span(on, part);
      for (const code of part.split(';')) on = after(on, code);
      return '';
    })
    .join('');
}

function span(codes, text) {
  const names = codes.map((code) => `c${code}`).join(' ');
  return `<tspan class="${names}">${escaped(text)}</tspan>`;
}

function after(codes, code) {
  if (code === '' || code === '0') return [];
  return code === '39' ? codes.filter((other) => other.length === 1) : [...codes, code];
}

function unpainted(line) {
  return line.replaceAll(/\x1b\[[\d;]*m/g, '');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
