/**
 * Preloaded into tpks: sends requests for the default ports of `localhost` and `api.example.com` to
 * the sandbox at the addresses in TPKS_TEST_API and TPKS_TEST_UAA.
 */
const https = require('node:https');
const process = require('node:process');
const tls = require('node:tls');

const { TPKS_TEST_API: api = '', TPKS_TEST_UAA: uaa = '' } = process.env;
/** @type {(url: string, init?: RequestInit) => Promise<Response>} */
const runtimeFetch = fetch;
const { request } = https;
const { connect } = tls;

/** @param {unknown} url */
const toSandbox = (url) =>
  String(url)
    .replace(/^https:\/\/(localhost|api\.example\.com):9021/, api)
    .replace(/^https:\/\/(localhost|api\.example\.com):8443/, uaa);

/**
 * @param {unknown} url
 * @param {RequestInit} [init]
 */
const redirectedFetch = (url, init) => runtimeFetch(toSandbox(url), init);
/**
 * @param {unknown} url
 * @param {https.RequestOptions} options
 */
const redirectedRequest = (url, options) =>
  request(toSandbox(url), { ...options, servername: 'localhost' });

/** @param {tls.ConnectionOptions} options */
const redirectedConnect = (options) => {
  const url = `https://${options.host}:${options.port}`;
  const target = toSandbox(url);
  if (options.socket || target === url) return connect(options);
  return connect({ ...options, port: Number(new URL(target).port), ...localhost });
};
const localhost = { host: 'localhost', servername: 'localhost' };

Object.assign(globalThis, { fetch: redirectedFetch });
Object.assign(https, { request: redirectedRequest });
Object.assign(tls, { connect: redirectedConnect });
