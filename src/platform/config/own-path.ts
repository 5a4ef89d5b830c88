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

/** The path with which a standalone binary was started, which can be a link; otherwise `execPath`. */
export function findOwnPath({ argv0, execPath, env, platform }: OwnBinary): string {
  const ownPath = withoutDeletedMark(execPath);
  const isPath = /[/\\]/.test(argv0);
  const name = platform === 'win32' && extname(argv0) === '' ? `${argv0}.exe` : argv0;
  const paths = isPath
    ? [resolve(name)]
    : (env.PATH ?? '').split(delimiter).map((folder) => resolve(join(folder, name)));
  return paths.find((path) => toRealPath(path) === ownPath) ?? ownPath;
}

/** Linux appends a mark to the path of a replaced program, e.g. after an update. @see proc(5), /proc/pid/exe */
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
