import { openForm } from '../../chat/registry/command-form.ts';
import { defineCommand } from '../../chat/registry/define-command.ts';
import { accessForm } from './request-access.ts';
import { readBareRequest } from './request-line.ts';

declare module '../../chat/command.ts' {
  interface Commands {
    /** `request` alone opens the form. */
    accessForm: object;
  }
}

export const accessFormCommand = defineCommand({
  verb: 'accessForm',
  read: readBareRequest,
  write: () => 'request',
  permission: 'access.request',
  appOnly: true,
  chapter: 'ask',
  examples: ['request'],
  offeredByTeams: { personal: 2 },
  tryIt: 'request',
  run: (parts, turn) => openForm(parts, turn, { verb: 'requestAccess', form: accessForm }),
});
