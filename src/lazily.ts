import { createRequire } from 'node:module';

/**
 * Large packages that nobody needs until some time after the start: each takes longer to load than all of Usher's own
 * files. Loaded as CommonJS, which can be done in the middle of a function. Of `@azure/identity` that build is the one
 * that botbuilder has loaded already, where an import would load the other one beside it.
 *
 * The package is named twice, so that the compiler knows its type and whoever looks for imports finds it:
 * `lazily<typeof import('luxon')>('luxon')`.
 *
 * @returns what gives the package, and loads it the first time.
 */
export function lazily<Package>(name: string): () => Package {
  let loaded: Package | null = null;
  return () => {
    loaded ??= load(name) as Package;
    return loaded;
  };
}

const load = createRequire(import.meta.url);
