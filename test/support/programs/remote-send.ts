import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TpksError, type ErrorKind, type Fact } from '../../../src/base/errors.js';
import type { HttpsSendDeps } from '../../../src/platform/http/https-send.js';
import type { HttpRequest, Send } from '../../../src/platform/http/send.js';
import { bin } from '../program/spawned.js';

export interface WorkerDeps extends Omit<HttpsSendDeps, 'proxy' | 'systemRoots'> {
  readonly roots: readonly string[];
  /** A proxy that is used for all hosts. */
  readonly proxyUrl?: string | undefined;
}

export type WorkerCommand = {
  /** Number of the call, which the result repeats. */
  readonly call: number;
  /** Number of the response. */
  readonly id: number;
  /** Number of the `Send`. */
  readonly sender: number;
  /** Size limit of the text. */
  readonly maximumBytes?: number | undefined;
} & (
  | {
      readonly operation: 'send';
      readonly deps: WorkerDeps;
      /** The body is in base64. */
      readonly request: Omit<HttpRequest, 'body'> & { readonly body?: string };
    }
  | { readonly operation: 'text' | 'next' }
);

export interface WorkerResult {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** In base64; `undefined` at the end of the stream. */
  readonly chunk?: string;
  readonly error?: {
    readonly kind: ErrorKind;
    readonly message: string;
    readonly hint?: string | undefined;
    readonly facts?: readonly Fact[];
    readonly host?: string | undefined;
    readonly status?: number | undefined;
  };
}

/** Creates instances of the standalone binary's `Send`, which run in another process. */
export interface RemoteSends {
  readonly create: (deps: HttpsSendDeps & Pick<WorkerDeps, 'proxyUrl'>) => Send;
  readonly close: () => void;
}

/** Starts the process. The program in `TPKS_TEST_BIN` contains the runtime. */
export function startRemoteSends(): RemoteSends {
  const worker = spawn(bin, ['run', '--conditions', 'standalone', workerPath], {
    env: { ...process.env, BUN_BE_BUN: '1', ALL_PROXY: 'http://127.0.0.1:1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (result: WorkerResult) => void>();
  createInterface(worker.stdout).on('line', (line) => {
    const result = JSON.parse(line) as WorkerResult & { readonly call: number };
    waiting.get(result.call)?.(result);
  });
  let last = 0;
  const call = async (command: Omit<WorkerCommand, 'call'>): Promise<WorkerResult> => {
    last += 1;
    const result = new Promise<WorkerResult>((resolve) => waiting.set(last, resolve));
    worker.stdin.write(`${JSON.stringify({ ...command, call: last })}\n`);
    const { error, ...value } = await result;
    if (error !== undefined) throw new TpksError(error.kind, error.message, error);
    return value;
  };
  const create: RemoteSends['create'] = ({
    systemRoots,
    caCert,
    caVariable,
    skipTlsVerification,
    timeoutSeconds,
    proxyUrl,
  }) => {
    const deps = { caCert, caVariable, skipTlsVerification, timeoutSeconds, proxyUrl };
    const [sender, roots] = [(last += 1), systemRoots()];
    return async ({ body, ...request }) => {
      const id = (last += 1);
      const bytes = body === undefined ? {} : { body: Buffer.from(body).toString('base64') };
      const { status = 0, headers = {} } = await call({
        ...{ operation: 'send', id, sender },
        ...{ deps: { ...deps, roots }, request: { ...request, ...bytes } },
      });
      const next = () => call({ operation: 'next', id, sender });
      return {
        status,
        headers,
        text: async (maximumBytes) =>
          (await call({ operation: 'text', id, sender, maximumBytes })).text ?? '',
        stream: async function* () {
          for (let part = await next(); part.chunk !== undefined; part = await next()) {
            yield Buffer.from(part.chunk, 'base64');
          }
        },
      };
    };
  };
  return { create, close: () => void worker.kill() };
}

const workerPath = fileURLToPath(new URL('send-worker.ts', import.meta.url));
