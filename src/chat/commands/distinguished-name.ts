/** `CN=Adele Vance,OU=Sales,DC=contoso,DC=com`: how Active Directory names its objects. */
export function isDistinguishedName(text: string): boolean {
  return /^\s*(cn|ou|uid)\s*=.+,\s*dc\s*=/i.test(text);
}

/** The first part's value, with its escapes undone: what a person calls the object. */
export function commonName(distinguishedName: string): string {
  const first = /^\s*[a-z]+\s*=\s*((?:\\.|[^,\\])+)/i.exec(distinguishedName)?.[1] ?? distinguishedName;
  return first.replace(/\\(.)/g, '$1');
}
