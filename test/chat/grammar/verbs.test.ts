import { describe, expect, it } from '@jest/globals';
import { verbNamed, verbs } from '../../../src/chat/grammar/verbs.ts';

describe('the verb a help topic is about', () => {
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

  it('finds every verb by its own name', () => {
    expect(verbs.map((verb) => verbNamed(verb))).toEqual([...verbs]);
    expect(verbs).toContain('provision');
  });
});
