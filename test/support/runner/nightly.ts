/** Whether this is a nightly run (`.ci/run nightly`), which tries all inputs and combinations, and not only a sample. */
export const isNightly = process.env['TPKS_NIGHTLY'] === '1';
