import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { alwaysQuoteForShell, quoteForShell } from '../../base/shell-quote.js';
import { withoutSecrets, type Environment } from '../../platform/config/environment.js';
import { findExecutable, type SearchPath } from '../../platform/disk/find-executable.js';
import type { OwnContext } from '../kube/kubeconfig/entries.js';
import { fail, pass, skip, warn, type CheckResult } from './check.js';

export interface FoundProgram {
  readonly path: string;
  /** `broken` is a link to a file that does not exist. */
  readonly kind: 'this tpks' | 'another tpks' | 'other' | 'broken';
}

interface SearchInput {
  readonly path: string;
  readonly platform: NodeJS.Platform;
  /** Path of the running program, which may be a link. */
  readonly ownProgram: string;
}

export function findPrograms(name: string, input: SearchInput): readonly FoundProgram[] {
  const { path, platform, ownProgram } = input;
  const suffixes = platform === 'win32' ? ['.exe', '.cmd', '.bat', '.ps1'] : [''];
  const folders = [...new Set(path.split(delimiter).filter((folder) => folder !== ''))];
  return folders.flatMap((folder) =>
    suffixes.flatMap((suffix) => {
      const file = join(folder, `${name}${suffix}`);
      const kind = classify(file, ownProgram);
      return kind === undefined ? [] : [{ path: file, kind }];
    }),
  );
}

/** @returns `undefined` if the file does not exist or cannot be executed. */
function classify(file: string, ownProgram: string): FoundProgram['kind'] | undefined {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return 'broken';
    if (!stats.isFile()) return undefined;
    accessSync(file, constants.X_OK);
  } catch {
    // Shells also ignore folders that this user cannot search.
    return undefined;
  }
  const target = realpathSync(file);
  if (existsSync(ownProgram) && target === realpathSync(ownProgram)) return 'this tpks';
  return /^tpks(?:\.js|\.exe|\.cmd)?$/.test(basename(target)) ? 'another tpks' : 'other';
}

/** Checks that `tpks` on `PATH` is the running program. */
export function checkOwnProgram(found: readonly FoundProgram[], ownProgram: string): CheckResult {
  const [first] = found;
  if (first === undefined) {
    const fix =
      basename(ownProgram) === 'tpks'
        ? `export PATH=${quoteForShell(dirname(ownProgram))}:$PATH`
        : `sudo ln -s ${alwaysQuoteForShell(ownProgram)} /usr/local/bin/tpks`;
    return warn('links', 'tpks is not on PATH', fix);
  }
  if (first.kind === 'this tpks') return pass('links', `tpks: ${first.path}`);
  return warn(
    'links',
    `tpks: ${first.path} is first on PATH, and it is not the running program ${ownProgram}`,
    basename(ownProgram) === 'tpks'
      ? `uninstall the one that you do not need, or put the other one first: export PATH=${quoteForShell(dirname(ownProgram))}:$PATH`
      : 'uninstall the one that you do not need',
  );
}

/** Checks which program runs under the name of an original tool. */
export function checkLink(name: string, found: readonly FoundProgram[]): CheckResult {
  const [first] = found;
  const link = found.find(({ kind }) => isTpks(kind));
  if (first === undefined) return skip('links', `${name}: not on PATH`);
  if (first.kind === 'broken') {
    const fix = `rm ${alwaysQuoteForShell(first.path)}`;
    return fail('links', `${name}: ${first.path} is a link to a file that does not exist`, fix);
  }
  if (isTpks(first.kind)) {
    const original = found.find(({ kind }) => kind === 'other');
    const suffix = original === undefined ? '' : `, and hides the original ${original.path}`;
    return pass('links', `${name}: ${first.path} runs tpks${suffix}`);
  }
  if (link === undefined) return skip('links', `${name}: ${first.path} is not a link to tpks`);
  return warn(
    'links',
    `${name}: ${first.path} is first on PATH, and hides ${link.path}, which runs tpks`,
    `export PATH=${quoteForShell(dirname(link.path))}:$PATH`,
  );
}

function isTpks(kind: FoundProgram['kind']): boolean {
  return kind === 'this tpks' || kind === 'another tpks';
}

const kubectlPage = 'https://kubernetes.io/docs/tasks/tools/';

/** The time after which a kubectl that does not respond is killed. */
export const kubectlSeconds = 5;

export async function checkKubectl(
  system: SearchPath & { readonly env: Environment },
): Promise<CheckResult> {
  const path = findExecutable('kubectl', system);
  if (path === undefined) {
    return warn('kubectl', 'kubectl is not on PATH', `install it: ${kubectlPage}`);
  }
  const options = {
    env: withoutSecrets(system.env),
    timeout: kubectlSeconds * 1000,
    killSignal: 'SIGKILL' as const,
    windowsHide: true,
  };
  const output = await new Promise<string | undefined>((resolve) => {
    const args = ['version', '--client', '-o', 'json'];
    const child = execFile(path, args, options, (error, stdout) => {
      resolve(error?.killed === true ? undefined : stdout);
    });
    child.stdin?.end();
  });
  const version = output === undefined ? undefined : readKubectlVersion(output);
  if (version !== undefined) return pass('kubectl', `${path}: ${version}`);
  const problem = output === undefined ? 'does not respond' : 'does not print its version';
  const fix = `reinstall it, or run it to see the error: ${path} version --client`;
  return fail('kubectl', `${path} ${problem}`, fix);
}

function readKubectlVersion(text: string): string | undefined {
  const output = tryParseJson(text);
  const client = isObject(output) ? output['clientVersion'] : undefined;
  const version = isObject(client) ? client['gitVersion'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

/**
 * Checks that kubectl can start the credential plugin of the contexts that tpks created, if any.
 * @param isExecutable - whether a program exists: a path, or a name on `PATH`.
 */
export function checkKubeconfig(
  contexts: readonly OwnContext[],
  isExecutable: (program: string) => boolean,
): readonly CheckResult[] {
  const commands = new Set(contexts.flatMap(({ pluginCommand }) => pluginCommand ?? []));
  return [...commands].map((command) => {
    const users = contexts.filter(({ pluginCommand }) => pluginCommand === command);
    const names = users.map(({ name }) => name).join(', ');
    if (isExecutable(command)) return pass('kubectl', `kubeconfig: ${command} runs for ${names}`);
    const problem = isAbsolute(command) ? 'does not exist' : 'is not on PATH';
    const [cluster = 'CLUSTER'] = users.map(({ owner }) => owner.cluster);
    return warn(
      'kubectl',
      `kubeconfig: ${command}, which kubectl runs for ${names}, ${problem}`,
      `write the entries again: tpks get-credentials ${quoteForShell(cluster)} --no-switch`,
    );
  });
}
