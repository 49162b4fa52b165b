import { createRequire, enableCompileCache } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment, which lends the suites of one worker the same copy of the large packages: see
 * `shared-package.ts`. Jest would load them anew for each suite, which took longer than the tests.
 */
export default class Environment extends TestEnvironment {
  constructor(...parts: ConstructorParameters<typeof TestEnvironment>) {
    super(...parts);
    Object.assign(this.global, { loadShared: (path: string): unknown => require(path) });
    recognizeErrors(this.global.Error);
  }
}

enableCompileCache();
const require = createRequire(import.meta.url);

/** The errors of a shared package, and of Node, have the `Error` of another realm. In production there is only one. */
function recognizeErrors(inside: ErrorConstructor): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inside, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inside && value instanceof Error);
    },
  });
}
