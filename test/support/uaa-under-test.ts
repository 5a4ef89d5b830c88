import { startTestSandbox } from './sandbox.js';

/** A UAA with the accounts that sandbox and real server share. */
export interface UaaUnderTest {
  readonly uaa: string;
  /** Path of its CA. */
  readonly caCert: string;
  readonly close: () => Promise<void>;
}

/** The real UAA where its address is in the environment, as in `npm run test:real`; a sandbox else. */
export async function startUaaUnderTest(): Promise<UaaUnderTest> {
  const { TPKS_CONTRACT_UAA: uaa, TPKS_CONTRACT_UAA_CA: caCert } = process.env;
  if (uaa === undefined || uaa === '') return startTestSandbox();
  return { uaa, caCert: caCert ?? '', close: () => Promise.resolve() };
}
