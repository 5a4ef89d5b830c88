/** Prints the requests of the demo, which the sandbox logs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, printStyled } from './demo-commands.mjs';

/**
 * A line of the sandbox's log.
 *
 * @typedef {object} LoggedRequest
 * @property {string} server
 * @property {string} method
 * @property {string} path
 * @property {number} status
 * @property {string} [grant]
 * @property {string | null} client
 * @property {number} ms
 */

/** The name of the log in the demo's folder. */
export const log = 'requests.jsonl';

/** @type {Record<string, string | undefined>} */
const serverNames = { uaa: 'UAA', api: 'API', kubernetes: 'cluster' };

let printedLines = 0;

/**
 * Prints the requests that were sent since the last call.
 *
 * @returns the requests.
 */
export function showRequests() {
  const lines = readFileSync(join(folder, log), 'utf8').trim().split('\n').slice(printedLines);
  printedLines += lines.length;
  const requests = lines.map((line) => /** @type {LoggedRequest} */ (JSON.parse(line)));
  // The log is in the order of the responses. A request to the API is printed before those that the API
  // sent to complete it.
  /** @type {LoggedRequest[]} */
  const inner = [];
  for (const request of requests) {
    if (findSender(request) === 'API') inner.push(request);
    else {
      printRequest(request);
      if (request.server === 'api') inner.splice(0).forEach(printRequest);
    }
  }
  inner.forEach(printRequest);
  return requests;
}

/** @param {LoggedRequest} request */
function findSender({ server, path, client }) {
  if (path === '/check_token') return 'API';
  // The API creates role bindings. Clusters verify ID tokens with the keys of the UAA.
  if (server === 'kubernetes') return path.startsWith('/apis/rbac.') ? 'API' : 'kubectl';
  return path === '/token_keys' && client === 'pks_client' ? 'cluster' : 'tpks';
}

/** @param {LoggedRequest} request */
function printRequest(request) {
  const { server, method, path, grant, status, ms } = request;
  const sender = findSender(request);
  const indent = sender === 'tpks' || sender === 'kubectl' ? '' : '  ';
  const direction = `${indent}${sender} -> ${serverNames[server] ?? server}`.padEnd(18);
  const shortPath = path
    .replaceAll(/([\da-f]{8})-[\da-f-]{27}/g, '$1...')
    .replace(/^\/apis\/.*\//, '/apis/.../');
  const details = `${method.padEnd(4)} ${shortPath}${grant ? ` (${grant})` : ''}`;
  printStyled('dim', `    ${direction} ${details}: ${status}, ${Math.round(ms)} ms`);
}
