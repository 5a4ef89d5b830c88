/**
 * Preloaded into the plugin. Appends a line to the file in `TPKS_TEST_CONNECTIONS` for each connection,
 * or for each request that the standalone binary sends with its runtime's `fetch`.
 * If `TPKS_TEST_OFFLINE` is 1, all connections are refused.
 * The clock of the plugin is `TPKS_TEST_CLOCK_AHEAD` seconds ahead.
 */
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');

const { TPKS_TEST_CONNECTIONS: log, TPKS_TEST_OFFLINE: offline } = process.env;
const aheadMilliseconds = Number(process.env['TPKS_TEST_CLOCK_AHEAD'] ?? 0) * 1000;
const refusing = { host: '127.0.0.1', port: 1 };
const connect = /** @type {(...values: unknown[]) => unknown} */ (
  /** @type {unknown} */ (Reflect.get(Socket.prototype, 'connect'))
);

/** @typedef {{ host: string, port: number }} Address */

/**
 * @this {Socket}
 * @param {Address | [Address, ...unknown[]]} first - the runtime of the standalone binary passes a list.
 * @param {unknown[]} rest
 */
function watchedConnect(first, ...rest) {
  const options = Array.isArray(first) ? first[0] : first;
  if (log) appendFileSync(log, `${options.host}:${options.port}\n`);
  if (offline === '1') Object.assign(options, refusing);
  return Reflect.apply(connect, this, [first, ...rest]);
}

Object.assign(Socket.prototype, { connect: watchedConnect });

const runtimeFetch = globalThis.fetch;

/**
 * @param {string} input - the only form in which tpks passes the URL.
 * @param {RequestInit} init
 */
function watchedFetch(input, init) {
  const url = new URL(input);
  if (log) appendFileSync(log, `${url.host}\n`);
  if (offline === '1') Object.assign(url, { hostname: refusing.host, port: refusing.port });
  return runtimeFetch(url, init);
}

Object.assign(globalThis, { fetch: watchedFetch });

if (aheadMilliseconds !== 0) {
  const now = Date.now;
  Date.now = () => now() + aheadMilliseconds;
  Object.assign(globalThis, {
    Date: new Proxy(Date, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
    }),
  });
}
