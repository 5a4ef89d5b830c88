import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Services } from '../../../src/app/services.js';
import { isTpksError } from '../../../src/base/errors.js';
import { findLink } from '../../../src/base/link.js';
import {
  applyAccessFile,
  exportAccess,
  showPlan,
} from '../../../src/commands/uaa/access-as-code.js';
import { createAccessAsCode } from '../../../src/domain/access-as-code/access.js';
import type { Send } from '../../../src/platform/http/send.js';
import { fixedClock } from '../fakes/fixed-clock.js';
import { recordedTerminal } from '../fakes/recorded-terminal.js';
import { fileInput } from '../fixtures/file-input.js';
import { aClientContext } from '../fixtures/contexts-and-clusters.js';

/** Runs the commands for access as code in this process. */
export interface AccessRunner {
  /** Writes a file to the folder of the access file. */
  readonly put: (name: string, text: string) => void;
  readonly plan: (text: string, flags?: RunFlags) => Promise<AccessRun>;
  /** Applies without confirmation, as with `--yes`. */
  readonly apply: (text: string, flags?: RunFlags) => Promise<AccessRun>;
  readonly export: () => Promise<AccessRun>;
  /** Returns the output of `uaa export`. */
  readonly exported: () => Promise<string>;
  readonly close: () => void;
}

export interface RunFlags {
  readonly prune?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Number of write requests after which the network fails; never if absent. */
  readonly cutAfterWrites?: number;
  /** Resolves when the user presses Ctrl-C; never if absent. */
  readonly untilInterrupted?: () => Promise<void>;
}

export interface AccessRun {
  /** Lines on stdout. */
  readonly lines: readonly string[];
  /** The value that `--json` would print; `undefined` if the command printed nothing. */
  readonly json: unknown;
  readonly warnings: readonly string[];
  /** Every request except GET, e.g. `POST /Users`. */
  readonly writes: readonly string[];
  /** The error that the command threw; `undefined` if it succeeded. */
  readonly error: unknown;
}

/**
 * Creates a runner with its own temporary folder.
 *
 * @param send - adds the token of an administrator, and throws if a request fails.
 */
export function createAccessRunner({ send, uaa }: { send: Send; uaa: string }): AccessRunner {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-access-'));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  const run = async (
    command: (deps: ReturnType<typeof depsFor>, path: string) => Promise<void>,
    text: string,
    {
      env = {},
      cutAfterWrites = Number.POSITIVE_INFINITY,
      untilInterrupted = () => new Promise<never>(() => undefined),
    }: RunFlags,
  ): Promise<AccessRun> => {
    put('access.yml', text);
    const terminal = recordedTerminal();
    const writes: string[] = [];
    const counting: Send = async (request) => {
      if (request.method === 'GET') return send(request);
      if (writes.length === cutAfterWrites) throw new Error('cut');
      writes.push(`${request.method} ${request.url.slice(uaa.length)}`);
      return send(request);
    };
    const deps = depsFor({ send: counting, uaa, env, terminal, untilInterrupted });
    let error: unknown;
    try {
      await command(deps, join(folder, 'access.yml'));
    } catch (reason) {
      error = reason;
    }
    return {
      lines: terminal.lines,
      json: terminal.json[0],
      warnings: terminal.warnings,
      writes,
      error,
    };
  };

  return {
    put,
    plan: (text, { prune = false, ...rest } = {}) =>
      run(
        (deps, path) => showPlan({ file: fileInput(path), prune, exitCode: false }, deps),
        text,
        rest,
      ),
    apply: (text, { prune = false, ...rest } = {}) =>
      run((deps, path) => applyAccessFile({ file: fileInput(path), prune }, deps), text, rest),
    export: () => run((deps) => exportAccess(deps), '', {}),
    exported: async () => {
      const { lines, error } = await run((deps) => exportAccess(deps), '', {});
      if (isTpksError(error)) throw error;
      return lines.join('\n');
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

interface DepsInput {
  readonly send: Send;
  readonly uaa: string;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: ReturnType<typeof recordedTerminal>;
  readonly untilInterrupted: () => Promise<void>;
}

function depsFor({ send, uaa, env, terminal, untilInterrupted }: DepsInput) {
  const resource: Services['uaaResource'] = (create) => create(send, uaa, fixedClock());
  const services = {
    env,
    untilInterrupted,
    uaaContext: async () => aClientContext({ uaa }),
    uaaResource: resource,
  };
  return {
    terminal,
    options: () => ({ json: false, interactive: true, yes: true, color: false, trace: false }),
    link: findLink('tpks'),
    uaaContext: services.uaaContext,
    noteUaaIdentity: async () => undefined,
    access: createAccessAsCode(services),
  };
}
