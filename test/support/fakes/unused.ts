import { lazy, type Asynchronous } from '../../../src/base/lazy.js';

/** Creates a dependency that the test does not expect to be used: each of its functions fails. */
export function unused<T extends Asynchronous<T>>(): T {
  return lazy(() => Promise.reject(new Error('the test does not expect this call')));
}
