/**
 * Preloaded into tpks: sends requests for the default ports of `localhost` and `api.example.com` to
 * the sandbox at the addresses in TPKS_TEST_API and TPKS_TEST_UAA.
 */
const https = require('node:https');
const process = require('node:process');

const { TPKS_TEST_API: api = '', TPKS_TEST_UAA: uaa = '' } = process.env;
const runtimeFetch = fetch;
const { request } = https;

/** @param {unknown} url */
const toSandbox = (url) =>
  String(url)
    .replace(/^https:\/\/(localhost|api\.example\.com):9021/, api)
    .replace(/^https:\/\/(localhost|api\.example\.com):8443/, uaa);

/** @type {typeof fetch} */
globalThis.fetch = (url, init) => runtimeFetch(toSandbox(url), init);

/** @type {(url: string | URL, options: https.RequestOptions) => import('node:http').ClientRequest} */
const requestFromSandbox = (url, options) =>
  request(toSandbox(url), { ...options, servername: 'localhost' });
https.request = /** @type {typeof request} */ (requestFromSandbox);
