/** Preloaded into tpks: requests are never sent and never complete. */
const { EventEmitter } = require('node:events');
const https = require('node:https');

const createRequest = () => Object.assign(new EventEmitter(), { end: () => {}, destroy: () => {} });
https.request = () =>
  /** @type {import('node:http').ClientRequest} */ (/** @type {unknown} */ (createRequest()));
// The standalone binary sends its requests with the runtime's own fetch.
Object.assign(globalThis, { fetch: () => new Promise(() => {}) });
