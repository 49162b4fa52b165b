import { describe, expect, it } from '@jest/globals';
import { parse } from '../../support/grammar.ts';

const repair = (how: 'lift' | 'startOver') => ({ verb: 'repair', app: 'Zscaler', how, reason: null });
const pause = (end: string | null) => ({ verb: 'pause', app: 'Zscaler', end, reason: null });

describe('a line about a job', () => {
  it.each<[string, object]>([
    ['test Zscaler', { verb: 'test', app: 'Zscaler' }],
    ['retest Zscaler', { verb: 'test', app: 'Zscaler' }],
    ['check the credentials of Zscaler', { verb: 'test', app: 'Zscaler' }],
    ['stop provisioning to Zscaler for 20 minutes', pause('20 minutes')],
    ['stop the sync of Zscaler', pause(null)],
    ['lift Zscaler', repair('lift')],
    ['clear quarantine Zscaler', repair('lift')],
    ['lift the quarantine Zscaler', repair('lift')],
    ['full sync Zscaler', repair('startOver')],
    ['start Zscaler over', repair('startOver')],
    ['unpause Zscaler', { verb: 'start', app: 'Zscaler', reason: null }],
    ['pause and provision adele to Zscaler', { verb: 'provisionPaused', subject: 'adele', app: 'Zscaler' }],
    ['pause and provision users adele, diego to Zscaler', { verb: 'provisionList', subjects: ['adele', 'diego'] }],
    ['pause and provision group Sales to Zscaler', { verb: 'provisionGroup' }],
    ['pause and provision adele to Zscaler for 8 hours', { verb: 'provision', subject: 'adele' }],
  ])('is read as it is meant: %s', (line, command) => {
    expect(parse(line)).toMatchObject({ kind: 'command', command });
  });

  it.each(['stop Zscaler', 'stop watching Zscaler', 'stop sending approvals here', 'stop'])(
    'pauses nothing at once for a word that may mean another thing: %s',
    (line) => {
      expect(parse(line)).not.toMatchObject({ kind: 'command', command: { verb: 'pause' } });
    },
  );
});
