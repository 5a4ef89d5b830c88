import type { SandboxResponse } from '../router.js';

/** Ends a request from anywhere below its handler with an error response. */
export class Refusal extends Error {
  readonly response: SandboxResponse;

  /** @param message - what the response says, for who words it again. */
  constructor(response: SandboxResponse, message = `HTTP ${String(response.status)}`) {
    super(message);
    this.response = response;
  }
}
