import { isDatabaseFault, watchingCommits } from '../db/away.ts';
import type { Log } from '../log.ts';
import type { Reader } from '../requests/request.ts';
import type { Incoming } from './incoming.ts';
import { createMessages } from './messages.ts';
import type { CardMessage, Reply } from './reply.ts';
import { problem } from './views/problem.ts';

/**
 * Answers while the database is unavailable: the caller learns that nothing was done or, if the failure came midway,
 * that something may have been.
 */
export async function answerWithout(
  answer: (incoming: Incoming) => Promise<Reply>,
  incoming: Incoming,
  log: Log,
): Promise<Reply> {
  return watchingCommits(async (hasStored) => {
    try {
      return await answer(incoming);
    } catch (error) {
      if (!isDatabaseFault(error)) throw error;
      log.error({ error, code: 'database_away' }, 'the database cannot be reached or written');
      return { kind: 'card', message: databaseAway(hasStored(), incoming.reader) };
    }
  });
}

/** `begun`: something may have been stored. */
export function databaseAway(begun: boolean, reader: Reader): CardMessage {
  return problem(createMessages(reader.locale, reader.timeZone), { kind: 'databaseAway', begun });
}
