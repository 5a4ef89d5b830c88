import type { SandboxResponse } from '../router.js';

/** Ends a request from anywhere below its handler with an error response. */
export class Refusal extends Error {
  readonly response: SandboxResponse;

  constructor(response: SandboxResponse) {
    super(`HTTP ${String(response.status)}`);
    this.response = response;
  }
}
