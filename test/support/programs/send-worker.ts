/**
 * Sends requests with the `Send` of the standalone binary. Its runtime runs this file. Reads commands
 * from stdin and writes results to stdout, one JSON value per line: see remote-send.ts.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { TpksError } from '../../../src/base/errors.js';
import { createHttpsSend } from '../../../src/platform/http/fetch-send.js';
import { createProxy } from '../../../src/platform/http/proxy.js';
import type { HttpResponse, Send } from '../../../src/platform/http/send.js';
import type { WorkerCommand, WorkerDeps, WorkerResult } from './remote-send.js';

const sends = new Map<number, Send>();
const responses = new Map<number, HttpResponse>();
const streams = new Map<number, AsyncIterator<Uint8Array>>();

for await (const line of createInterface(process.stdin)) {
  const command = JSON.parse(line) as WorkerCommand;
  void run(command)
    .catch((error: unknown) => ({ error: toPlainError(error as TpksError) }))
    .then((result) => {
      process.stdout.write(`${JSON.stringify({ call: command.call, ...result })}\n`);
    });
}

async function run(command: WorkerCommand): Promise<WorkerResult> {
  const { operation, sender, id, maximumBytes } = command;
  if (operation === 'send') {
    const send = sends.get(sender) ?? createSend(command.deps);
    sends.set(sender, send);
    const { body, ...request } = command.request;
    const bytes = body === undefined ? {} : { body: Buffer.from(body, 'base64') };
    const response = await send({ ...request, ...bytes });
    responses.set(id, response);
    return { status: response.status, headers: response.headers };
  }
  const response = responses.get(id);
  if (response === undefined) throw new Error('unknown response');
  if (operation === 'text') return { text: await response.text(maximumBytes) };
  const stream = streams.get(id) ?? response.stream()[Symbol.asyncIterator]();
  streams.set(id, stream);
  const part = await stream.next();
  return part.done === true ? {} : { chunk: Buffer.from(part.value).toString('base64') };
}

function createSend({ roots, proxyUrl, ...deps }: WorkerDeps): Send {
  const systemRoots = () => roots;
  const proxy = proxyUrl && {
    ...createProxy({ address: proxyUrl, noProxy: '', systemRoots: () => [] }),
    isUsedFor: () => true,
  };
  return createHttpsSend({ ...deps, systemRoots, ...(proxy && { proxy }) });
}

function toPlainError({ kind, message, hint, facts, host, status }: TpksError) {
  return { kind, message, hint, facts, host, status };
}
