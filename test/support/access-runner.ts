import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccessAsCode } from '../../src/access/access.js';
import { applyAccessFile } from '../../src/commands/uaa/access/apply.js';
import { exportAccess } from '../../src/commands/uaa/access/export.js';
import { showPlan } from '../../src/commands/uaa/access/plan.js';
import { isTpksError } from '../../src/errors.js';
import type { Send } from '../../src/http/send.js';
import type { Services } from '../../src/services.js';
import { fixedClock } from './fixed-clock.js';
import { recordedTerminal } from './recorded-terminal.js';
import { aClientContext } from './fixtures.js';

/** The commands of access as code, run in this process. */
export interface AccessRunner {
  /** Puts a file beside the access file. */
  readonly put: (name: string, text: string) => void;
  readonly plan: (text: string, flags?: RunFlags) => Promise<AccessRun>;
  /** As with `--yes`. */
  readonly apply: (text: string, flags?: RunFlags) => Promise<AccessRun>;
  /** What `uaa export` prints. */
  readonly exported: () => Promise<string>;
  readonly close: () => void;
}

export interface RunFlags {
  readonly prune?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** The network fails after this many writes. */
  readonly cutAfterWrites?: number;
  /** Resolves at Ctrl-C. */
  readonly untilInterrupted?: () => Promise<void>;
}

export interface AccessRun {
  /** The lines of the answer. */
  readonly lines: readonly string[];
  /** What `--json` would have printed; `undefined` where nothing was. */
  readonly json: unknown;
  readonly warnings: readonly string[];
  /** Everything that was sent but questions, e.g. `POST /Users`. */
  readonly writes: readonly string[];
  readonly error: unknown;
}

/** @param send - signed with an administrator's token, throwing for every failure. */
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
      run((deps, path) => showPlan({ path, prune, exitCode: false }, deps), text, rest),
    apply: (text, { prune = false, ...rest } = {}) =>
      run((deps, path) => applyAccessFile({ path, prune, yes: true }, deps), text, rest),
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
  const resource: Services['uaaResource'] = async (load) => (await load())(send, uaa, fixedClock());
  const services = {
    env,
    untilInterrupted,
    uaaContext: async () => aClientContext({ uaa }),
    uaaResource: resource,
  };
  return {
    terminal,
    options: () => ({ json: false, interactive: true, color: false, trace: false }),
    uaaContext: services.uaaContext,
    access: async () => createAccessAsCode(services),
  };
}
