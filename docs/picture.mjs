// Makes docs/demo.svg out of a real run: a login at a terminal, the clusters, the status. Needs
// util-linux's `script` for the terminal, free ports 9021 and 8443, and a keychain to look its best.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/tpks.js', import.meta.url));
const target = fileURLToPath(new URL('demo.svg', import.meta.url));
const columns = 118;

const folder = await mkdtemp(join(tmpdir(), 'tpks-picture-'));
const env = {
  PATH: process.env.PATH,
  TERM: 'xterm-256color',
  HOME: folder,
  TPKS_HOME: join(folder, 'home'),
  DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? '',
};
const sandbox = spawn(process.execPath, [program, 'sandbox', '--dir', 'sandbox', '--json'], {
  cwd: folder,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const { caCert } = JSON.parse(await until(sandbox, /\n/));
  const ca = relative(folder, resolve(folder, caCert));
  const login = ['login', '-a', 'localhost', '-u', 'cody', '--ca-cert', ca];
  const session = [
    ...(await atTerminal(login, 'cody-password')),
    ...(await atTerminal(['clusters'])),
    ...(await atTerminal(['status'])),
  ];
  await atTerminal(['logout']);
  await writeFile(target, toSvg(session));
} finally {
  sandbox.kill('SIGINT');
  await rm(folder, { recursive: true, force: true });
}

/** @returns the lines of the command and of its answer, with the escapes of their colours. */
async function atTerminal(words, answer) {
  const command = `stty cols ${columns}; exec '${process.execPath}' '${program}' ${words.join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: folder, env });
  if (answer !== undefined) {
    void until(child, /Password: /).then(() => child.stdin.write(`${answer}\r`));
  }
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`tpks ${words.join(' ')} ended with ${code}:\n${text}`);
  const lines = text.replaceAll('\r', '').trim().split('\n').map(erased);
  return [`\x1b[1m$ tpks ${words.join(' ')}\x1b[0m`, ...lines, ''];
}

/** What is left on a line where the prompt moved the cursor about: the stars, and no escapes. */
function erased(line) {
  const shown = line.replaceAll(/\x1b\[\d*[A-HJKK]/g, '').replaceAll(/\x1b\[\?\d+[hl]/g, '');
  const [, prompt] = /^(Password: )/.exec(shown) ?? [];
  return prompt === undefined ? shown : prompt + '*'.repeat('cody-password'.length);
}

function until(child, pattern) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
  });
}

function toSvg(lines) {
  const [cell, row, margin] = [7.8, 18, 18];
  const widest = Math.max(...lines.map((line) => unpainted(line).length));
  const width = Math.ceil(widest * cell + 2 * margin);
  const height = (lines.length - 1) * row + 2 * margin;
  const texts = lines.flatMap((line, index) => {
    const plain = unpainted(line);
    if (plain === '') return [];
    const size = `textLength="${(plain.length * cell).toFixed(1)}" lengthAdjust="spacing"`;
    const y = margin + (index + 0.75) * row;
    return [`  <text x="${margin}" y="${y}" ${size} xml:space="preserve">${toSpans(line)}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
  <title>tpks login, clusters and status in a terminal</title>
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
  let open = false;
  return line
    .split(/(\x1b\[\d*m)/)
    .map((part) => {
      const [, code] = /^\x1b\[(\d*)m$/.exec(part) ?? [];
      if (code === undefined) return escaped(part);
      const close = open ? '</tspan>' : '';
      open = ['1', '2', '31', '32'].includes(code);
      return close + (open ? `<tspan class="c${code}">` : '');
    })
    .concat(open ? '</tspan>' : '')
    .join('');
}

function unpainted(line) {
  return line.replaceAll(/\x1b\[\d*m/g, '');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
