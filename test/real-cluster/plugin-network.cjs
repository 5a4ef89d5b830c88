/**
 * Loaded into the plugin with NODE_OPTIONS. Appends a line to the file in `TPKS_TEST_CONNECTIONS` for
 * each connection. If `TPKS_TEST_OFFLINE` is 1, all connections are refused. The clock of the plugin is
 * `TPKS_TEST_CLOCK_AHEAD` seconds ahead.
 */
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');

const { TPKS_TEST_CONNECTIONS: log, TPKS_TEST_OFFLINE: offline } = process.env;
const aheadMilliseconds = Number(process.env['TPKS_TEST_CLOCK_AHEAD'] ?? 0) * 1000;
/** @type {typeof Socket.prototype.connect} */
const connect = Reflect.get(Socket.prototype, 'connect');

/**
 * @this {Socket}
 * @param {{ host: string, port: number }} options
 * @param {(() => void)[]} listeners
 */
function watchedConnect({ host, port, ...options }, ...listeners) {
  if (log) appendFileSync(log, `${host}:${port}\n`);
  const address = offline === '1' ? { host: '127.0.0.1', port: 1 } : { host, port };
  return Reflect.apply(connect, this, [{ ...options, ...address }, ...listeners]);
}

Object.assign(Socket.prototype, { connect: watchedConnect });

if (aheadMilliseconds !== 0) {
  const now = Date.now;
  Date.now = () => now() + aheadMilliseconds;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
  });
}
