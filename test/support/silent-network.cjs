// Preloaded into tpks: requests are never sent and never complete.
const { EventEmitter } = require('node:events');
const https = require('node:https');

https.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
