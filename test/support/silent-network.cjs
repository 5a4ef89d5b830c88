// Preloaded into tpks: requests are sent nowhere and nothing ever happens to them.
const { EventEmitter } = require('node:events');
const https = require('node:https');

https.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
