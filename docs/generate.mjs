// Writes docs/commands/ from the table of contents; --check only says what is stale, and fails.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'commands');
const columns = 100;

const pages = await render(await loadContents());
process.exitCode = process.argv.includes('--check') ? await check(pages) : await write(pages);

/** The table of contents and the root command, as the program itself builds them. */
async function loadContents() {
  const temporary = await mkdtemp(join(tmpdir(), 'tpks-docs-'));
  const outfile = join(temporary, 'contents.mjs');
  try {
    await build({
      stdin: {
        contents: `
          export { createProgram } from './src/program.ts';
          export { fill } from './src/commands/contents.ts';
          export { contents } from './src/commands/index.ts';`,
        resolveDir: root,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.md': 'text' },
      banner: {
        js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
      },
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** @returns the text of each page by its file name. */
async function render({ createProgram, fill, contents }) {
  let printed = '';
  const write = (text) => {
    printed += text;
  };
  // A command tells its options without any service: it asks for one when it runs.
  const services = {};
  const program = createProgram({
    name: 'tpks',
    contents,
    services,
    help: { columns: () => columns, write },
    complain: write,
  });

  const helpOf = (command) => {
    printed = '';
    command.configureHelp({ ...command.configureHelp(), helpWidth: columns }).outputHelp();
    return [
      '```text',
      ...printed
        .trim()
        .split('\n')
        .map((line) => line.trimEnd()),
      '```',
    ];
  };
  const sections = async (command, entry, words) => {
    const part = await entry.load();
    fill(command, part, services);
    const lines = [`${words.length === 2 ? '#' : '##'} ${words.join(' ')}`, '', ...helpOf(command)];
    if (!('contents' in part)) return lines;
    for (const inner of shown(part.contents)) {
      const child = find(command, inner);
      lines.push('', ...(await sections(child, inner, [...words, inner.name])));
    }
    return lines;
  };

  const found = new Map();
  const index = [];
  for (const entry of shown(contents)) {
    const page = `${entry.name}.md`;
    found.set(page, asPage(await sections(find(program, entry), entry, ['tpks', entry.name])));
    index.push([entry.heading, `- [\`tpks ${entry.name}\`](${page}): ${entry.summary}`]);
  }
  const groups = [...new Set(index.map(([heading]) => heading))];
  const list = groups.flatMap((group) => [
    `## ${group.replace(/:$/, '')}`,
    '',
    ...index.filter(([heading]) => heading === group).map(([, line]) => line),
    '',
  ]);
  found.set(
    'README.md',
    asPage(['# Commands', '', ...list, '## The root', '', ...helpOf(program)]),
  );
  return found;
}

function shown(contents) {
  return contents.filter(({ hidden = false }) => !hidden);
}

function find(parent, { name }) {
  return parent.commands.find((command) => command.name() === name);
}

function asPage(lines) {
  return [
    '<!-- Made by `npm run docs` out of the program: do not edit. -->',
    '',
    ...lines,
    '',
  ].join('\n');
}

async function write(pages) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of pages) await writeFile(join(folder, name), text);
  console.log(`docs/commands: ${pages.size} pages`);
  return 0;
}

async function check(pages) {
  const there = await readdir(folder).catch(() => []);
  const stale = there.filter((name) => !pages.has(name));
  for (const [name, text] of pages) {
    const old = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (old !== text) stale.push(name);
  }
  for (const name of stale) console.error(`docs/commands/${name} is stale: npm run docs`);
  return stale.length === 0 ? 0 : 1;
}
