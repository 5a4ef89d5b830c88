import { existsSync, realpathSync } from 'node:fs';
import { delimiter, extname, join, resolve } from 'node:path';
import type { Environment } from './environment.js';

/** How a standalone binary was started. */
export interface OwnBinary {
  /** The first word of the command line: a name, a path, or any text that the caller has chosen. */
  readonly argv0: string;
  /** Path of the binary, without links. */
  readonly execPath: string;
  readonly env: Pick<Environment, 'PATH'>;
  readonly platform: NodeJS.Platform;
}

/**
 * Returns the path with which a standalone binary was started. It can be a link to the binary, such as
 * `pks`. If the first word of the command line does not lead to the binary, it is `execPath`.
 */
export function findOwnPath({ argv0, execPath, env, platform }: OwnBinary): string {
  const ownPath = withoutDeletedMark(execPath);
  const isPath = /[/\\]/.test(argv0);
  const name = platform === 'win32' && extname(argv0) === '' ? `${argv0}.exe` : argv0;
  const paths = isPath
    ? [resolve(name)]
    : (env.PATH ?? '').split(delimiter).map((folder) => resolve(join(folder, name)));
  return paths.find((path) => toRealPath(path) === ownPath) ?? ownPath;
}

/**
 * Linux appends a mark to the path of a program that was deleted or replaced, e.g. by an update, after
 * it was started. Without the mark, it is the path of the new version.
 * @see proc(5), /proc/pid/exe
 */
function withoutDeletedMark(path: string): string {
  const mark = ' (deleted)';
  return path.endsWith(mark) && !existsSync(path) ? path.slice(0, -mark.length) : path;
}

function toRealPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
