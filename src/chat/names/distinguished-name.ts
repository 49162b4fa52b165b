/** `CN=Adele Vance,OU=Sales,DC=contoso,DC=com`: the name of an object in Active Directory. */
export function isDistinguishedName(text: string): boolean {
  return /^\s*(cn|ou|uid)\s*=.+,\s*dc\s*=/i.test(text);
}

/** The unescaped value of the first part: the object's everyday name. */
export function commonName(distinguishedName: string): string {
  const first = /^\s*[a-z]+\s*=\s*((?:\\.|[^,\\])+)/i.exec(distinguishedName)?.[1] ?? distinguishedName;
  return first.replace(/\\(.)/g, '$1');
}
