import type { Messages } from '../messages.ts';
import { short } from './parts.ts';

/** With more apps than this, the last place counts the others. */
const mostNamed = 3;

/** The apps of a request as one name in a sentence: "Salesforce, ServiceNow, and GitHub"; of many, the first and a count. */
export function appNames(words: Messages, apps: readonly { readonly name: string }[], limit?: number): string {
  return firstNames(words, apps, 'apps.others', limit);
}

/** The same of people. */
export function peopleNames(words: Messages, people: readonly { readonly name: string }[], limit?: number): string {
  return firstNames(words, people, 'people.others', limit);
}

function firstNames(
  words: Messages,
  apps: readonly { readonly name: string }[],
  more: 'apps.others' | 'people.others',
  limit?: number,
): string {
  const named = apps.length <= mostNamed ? apps : apps.slice(0, mostNamed - 1);
  const names = named.map(({ name }) => short(name, limit));
  const others = apps.length - named.length;
  return words.list(others === 0 ? names : [...names, words.plain(more, { count: others })]);
}
