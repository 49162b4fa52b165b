/** What is made of an object, made once for each; it is forgotten together with the object. */
export function onceFor<Source extends object, Made>(make: (source: Source) => Made): (source: Source) => Made {
  const known = new WeakMap<Source, { readonly made: Made }>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found.made;
    const made = make(source);
    known.set(source, { made });
    return made;
  };
}
