import { describe, expect, it } from '@jest/globals';
import { phrasesOf, verbs } from '../../../src/chat/grammar/phrases.ts';
import { registry } from '../../../src/features/registry.ts';
import { verbNamed } from '../../support/grammar.ts';

describe('the verb of a help topic', () => {
  it.each([
    ['provision', 'provision'],
    ['Provision a user', 'provision'],
    ['provison', 'provision'],
    ['provision users', 'provisionList'],
    ['provisionlist', 'provisionList'],
    ['provision group', 'provisionGroup'],
    ['provision a group', 'provisionGroup'],
    ['cancle', 'cancel'],
    ['who am i', 'whoami'],
    ['list apps', 'apps'],
    ['request', 'accessForm'],
    ['request access', 'requestAccess'],
    ['approvals', 'pending'],
    ['status', 'status'],
    ['how is an app doing', 'status'],
    ['history export', 'exportHistory'],
    ['requests', 'requests'],
    ['stop watching', 'unwatch'],
    ['?', 'help'],
    ['the weather', null],
    ['', null],
  ])('for %j is %j', (topic, verb) => {
    expect(verbNamed(topic)).toBe(verb);
  });

  it('is found for every verb by its own name', () => {
    expect(verbs.map((verb) => verbNamed(verb))).toEqual([...verbs]);
    expect(verbs).toContain('provision');
  });
});

describe('the phrases of the commands', () => {
  it('name the same questions as the rules', () => {
    const asked = verbs.map((verb) => [verb, Object.keys(phrasesOf(verb).questions)]);

    expect(asked).toEqual(verbs.map((verb) => [verb, Object.keys(registry.commands[verb].questions ?? {})]));
  });

  it('are lowercase words with one space between, each once for a command', () => {
    for (const verb of verbs) {
      const { spellings, loose, questions } = phrasesOf(verb);
      const all = [...spellings, ...loose, ...Object.values(questions).flat()];

      expect(all.filter((phrase) => phrase !== phrase.toLowerCase().split(/\s+/).join(' ').trim())).toEqual([]);
      expect(all.length).toBe(new Set(all).size);
    }
  });
});
