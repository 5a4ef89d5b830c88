/** A jest reporter that prints the names of skipped tests, which are failures in `.ci/run`. */
import { relative } from 'node:path';

/**
 * @typedef {object} Results
 * @property {{ testFilePath: string, testResults: { status: string, fullName: string }[] }[]} testResults
 */

export default class SkippedTests {
  /**
   * @param {unknown} _contexts
   * @param {Results} results
   */
  onRunComplete(_contexts, { testResults: files }) {
    for (const { testFilePath, testResults } of files) {
      for (const { status, fullName } of testResults) {
        if (status === 'passed' || status === 'failed') continue;
        console.error(`Skipped: ${relative('.', testFilePath)}: ${fullName}`);
      }
    }
  }
}
