/** Ends a `switch` over a tagged union: a new member that has no case does not compile. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unexpected ${what} ${JSON.stringify(value)}`);
}
