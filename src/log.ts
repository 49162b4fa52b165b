import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * One JSON line an event, to standard output. Personal data is not logged in the first place: people appear by Entra
 * object id. The redaction list is the net beneath, for what a library's error might carry along.
 */
export function createLog(level: string, destination?: { write(line: string): void }): Log {
  return pino(
    {
      level,
      base: { app: 'usher' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'authorization',
          'headers',
          'password',
          'token',
          '*.authorization',
          '*.headers',
          '*.*.headers',
          'error.request',
          'error.response',
          'error.config',
          '*.password',
          '*.token',
        ],
        censor: '[redacted]',
      },
      serializers: { error: describeError },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

/** An error as the log keeps it: name, message, code and stack; never the request or response hung on to it. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? String(error.code) : undefined;
  const status = 'statusCode' in error ? Number(error.statusCode) : undefined;
  return { name: error.name, message: error.message, code, status, stack: error.stack };
}
