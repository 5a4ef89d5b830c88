import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/**
 * Lets tests import a file outside the sandbox that Jest creates for each test file. Such a module is loaded once for
 * each worker process, and not again by each test file that uses it.
 */
export default class TestEnvironment extends NodeEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    this.global['importOutsideJest'] = (/** @type {string} */ path) => import(path);
    // Errors of the tests are instances of `Error` in these modules, and the other way round.
    this.global.Error = Error;
  }
}
