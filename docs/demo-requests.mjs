/** Reads the requests of the demo from the log of the sandbox, prints them and checks them. */
import { existsSync, readFileSync } from 'node:fs';
import { dim, print } from './demo-output.mjs';

/**
 * A line of the sandbox's log.
 *
 * @typedef {object} LogEntry
 * @property {string} server
 * @property {string} method
 * @property {string} path
 * @property {number} status
 * @property {string} [grant]
 * @property {string | null} client
 * @property {number} ms
 */

/** @typedef {Pick<LogEntry, 'method' | 'path' | 'status' | 'grant' | 'ms'> & { from: string, to: string }} LoggedRequest */

/**
 * Client and server, and for a request from tpks also the method, the path and any grant type.
 *
 * @typedef {[from: string, to: string, ...details: string[]]} ExpectedRequest
 */

/** @param {string} log - the path of the log. */
export function createRequestReader(log) {
  let readLines = 0;
  /** Returns the requests that were logged since the last call. */
  return () => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    const requests = lines
      .slice(readLines)
      .map((line) => toRequest(/** @type {LogEntry} */ (JSON.parse(line))));
    readLines = lines.length;
    return requests;
  };
}

/**
 * @param {LogEntry} entry
 * @returns {LoggedRequest}
 */
function toRequest({ server, method, path, status, grant, client, ms }) {
  const to = serverNames[server] ?? server;
  const from = findSender(server, path, client);
  return { from, to, method, path, status, ...(grant && { grant }), ms: Math.round(ms) };
}

/** @type {Record<string, string | undefined>} */
const serverNames = { uaa: 'UAA', api: 'API', kubernetes: 'cluster' };

/**
 * @param {string} server
 * @param {string} path
 * @param {string | null} client
 */
function findSender(server, path, client) {
  if (path === '/check_token') return 'API';
  // The API creates role bindings. Clusters verify ID tokens with the keys of the UAA.
  if (server === 'kubernetes') return path.startsWith('/apis/rbac.') ? 'API' : 'kubectl';
  return path === '/token_keys' && client === 'pks_client' ? 'cluster' : 'tpks';
}

/** @param {LoggedRequest[]} requests */
export function printRequests(requests) {
  for (const { from, to, method, path, grant, status, ms } of outerFirst(requests)) {
    const direction = `${isOuter(from) ? '' : '  '}${from} -> ${to}`.padEnd(18);
    const shortPath = path
      .replaceAll(/([\da-f]{8})-[\da-f-]{27}/g, '$1...')
      .replace(/^\/apis\/.*\//, '/apis/.../');
    const details = `${method.padEnd(4)} ${shortPath}${grant ? ` (${grant})` : ''}`;
    print(dim(`    ${direction} ${details}: ${status}, ${ms} ms`));
  }
}

/**
 * Whether the user started this program.
 *
 * @param {string} program
 */
function isOuter(program) {
  return program === 'tpks' || program === 'kubectl';
}

/**
 * Moves each request to the API before the requests that the API sent to complete it. The log is in
 * the order of the responses.
 *
 * @param {LoggedRequest[]} requests
 */
function outerFirst(requests) {
  /** @type {LoggedRequest[]} */
  const ordered = [];
  /** @type {LoggedRequest[]} */
  let inner = [];
  for (const request of requests) {
    if (request.from === 'API') inner.push(request);
    else {
      ordered.push(request);
      if (request.to === 'API') {
        ordered.push(...inner);
        inner = [];
      }
    }
  }
  return [...ordered, ...inner];
}

/**
 * Finds the first difference from the expected requests. The requests from tpks must match exactly, in
 * any order. For requests from other programs, only the client and the server are compared.
 *
 * @param {LoggedRequest[]} requests
 * @param {ExpectedRequest[]} expected
 * @returns {string | undefined} the difference; undefined if nothing differs.
 */
export function findDifference(requests, expected) {
  const sent = requests
    .filter(({ from }) => from === 'tpks')
    .map(({ from, to, method, path, grant }) =>
      [from, to, method, path, grant].filter(Boolean).join(' '),
    );
  const wanted = expected
    .filter(([sender]) => sender === 'tpks')
    .map((request) => request.join(' '));
  if (sent.sort().join() !== wanted.sort().join()) {
    return `expected the requests ${wanted.join(' and ')}, but tpks sent ${sent.join(', ')}`;
  }
  const missing = expected.find(
    ([from, to]) => !requests.some((request) => request.from === from && request.to === to),
  );
  return missing && `expected a request from ${missing[0]} to ${missing[1]}`;
}
