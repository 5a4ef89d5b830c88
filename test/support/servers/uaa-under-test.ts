import { startTestSandbox } from './sandbox.js';

/** A UAA with the users and clients that exist both in the sandbox and on the real server. */
export interface UaaUnderTest {
  readonly uaa: string;
  /** Path of the CA file; empty if `TPKS_CONTRACT_UAA_CA` is not set. */
  readonly caCert: string;
  readonly close: () => Promise<void>;
}

/**
 * Uses the UAA in `TPKS_CONTRACT_UAA` if it is set, as in `npm run test:real`; else starts a
 * sandbox.
 */
export async function startUaaUnderTest(): Promise<UaaUnderTest> {
  const { TPKS_CONTRACT_UAA: uaa, TPKS_CONTRACT_UAA_CA: caCert } = process.env;
  if (uaa === undefined || uaa === '') return startTestSandbox();
  return { uaa, caCert: caCert ?? '', close: () => Promise.resolve() };
}
