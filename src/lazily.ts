import { createRequire } from 'node:module';

/**
 * Large packages that are first needed some time after the start: each takes longer to load than all of Usher's own
 * files. They are loaded as CommonJS, which a function can do at any point. For `@azure/identity` that is the build
 * that botbuilder has loaded already, while an import would load a second one.
 *
 * The package is named twice, so that the compiler knows its type and a search for imports finds it:
 * `lazily<typeof import('luxon')>('luxon')`.
 *
 * @returns a function that returns the package, and loads it the first time.
 */
export function lazily<Package>(name: string): () => Package {
  let loaded: Package | null = null;
  return () => {
    loaded ??= load(name) as Package;
    return loaded;
  };
}

const load = createRequire(import.meta.url);
