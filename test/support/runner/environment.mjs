import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/**
 * Lets tests import a module outside the module registry that Jest creates for each test file. Each worker process loads
 * such a module only once, not again for each test file.
 */
export default class TestEnvironment extends NodeEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    this.global['importOutsideJest'] = (/** @type {string} */ path) => import(path);
    // Errors of the tests are instances of `Error` in these modules, and the other way round.
    Object.setPrototypeOf(this.global.Error.prototype, Error.prototype);
    this.global.Error = Error;
  }
}
