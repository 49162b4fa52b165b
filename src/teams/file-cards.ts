import { type Activity, ActivityTypes } from 'botbuilder';
import type { FileOffer } from '../chat/reply.ts';

/** A file in a person's storage, as Teams names it. */
export interface StoredFile {
  readonly name: string;
  /** Where a person opens it. */
  readonly contentUrl: string;
  readonly uniqueId: string;
  /** Its extension, e.g. `csv`. */
  readonly fileType: string;
}

/*
 * Teams' own cards for files. They are not Adaptive Cards, and cannot be edited into one.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
 */

/** Asks whether a file may be stored. */
export function consentActivity(offer: FileOffer): Partial<Activity> {
  return {
    type: ActivityTypes.Message,
    summary: offer.description,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.consent',
        name: offer.fileName,
        content: {
          description: offer.description,
          sizeInBytes: offer.sizeBytes,
          acceptContext: offer.context,
          declineContext: offer.context,
        },
      },
    ],
  };
}

/** Shows a file that is stored. */
export function fileActivity(file: StoredFile, summary: string): Partial<Activity> {
  return {
    type: ActivityTypes.Message,
    summary,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.info',
        contentUrl: file.contentUrl,
        name: file.name,
        content: { uniqueId: file.uniqueId, fileType: file.fileType },
      },
    ],
  };
}
