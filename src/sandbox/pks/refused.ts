import type { SandboxResponse } from '../router.js';

/** Ends a request from anywhere below its handler with this answer. */
export class Refused extends Error {
  readonly response: SandboxResponse;

  constructor(response: SandboxResponse) {
    super(`HTTP ${String(response.status)}`);
    this.response = response;
  }
}
