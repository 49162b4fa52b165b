import { type Activity, ActivityTypes, type Attachment } from 'botbuilder';
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

/** A message with one card; `summary` is the text of the notification. */
export function attaching(summary: string, attachment: Attachment): Partial<Activity> {
  return { type: ActivityTypes.Message, summary, attachments: [attachment] };
}

/** Asks whether a file may be stored. */
export function consentActivity(offer: FileOffer): Partial<Activity> {
  const { description, fileName: name, sizeBytes: sizeInBytes, context } = offer;
  return attaching(description, {
    contentType: 'application/vnd.microsoft.teams.card.file.consent',
    name,
    content: { description, sizeInBytes, acceptContext: context, declineContext: context },
  });
}

/** Shows a file that is stored. */
export function fileActivity(file: StoredFile, summary: string): Partial<Activity> {
  const { contentUrl, name, uniqueId, fileType } = file;
  const contentType = 'application/vnd.microsoft.teams.card.file.info';
  return attaching(summary, { contentType, contentUrl, name, content: { uniqueId, fileType } });
}
