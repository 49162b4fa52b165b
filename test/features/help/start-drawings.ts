import { markdownText } from '../../../src/chat/cards/safe-text.ts';
import type { Messages } from '../../../src/chat/messages.ts';
import { commandsFor } from '../../../src/chat/not-understood.ts';
import type { HomeSection } from '../../../src/chat/registry/define-command.ts';
import type { VerbWithForm } from '../../../src/chat/registry/form-declaration.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { emptyForm, type FormInput, formCard } from '../../../src/chat/views/form-card.ts';
import { help } from '../../../src/chat/views/help-card.ts';
import { type HomeCardInput, homeCard } from '../../../src/features/help/cards/home-card.ts';
import { kitCard, kitsCard, type SeenApp, type SeenKit } from '../../../src/features/help/cards/kits-card.ts';
import { welcome } from '../../../src/features/help/cards/welcome-card.ts';
import { registry } from '../../../src/features/registry.ts';

const forms: readonly VerbWithForm[] = ['provision', 'requestAccess', 'check', 'status', 'watch'];

/** All roles at once, so that nothing is missing. */
export const allCommands = commandsFor(
  { registry, graphAccess: 'appOnly' },
  {
    id: '1',
    tenantId: '2',
    name: 'Alex Wilber',
    principalName: 'alex@contoso.com',
    roles: ['operator', 'approver'],
    memberOf: [],
  },
);

export function formSaying(text: string, form: VerbWithForm, apps: number): FormInput {
  return {
    form,
    fields: registry.commands[form].form?.fields ?? {},
    apps: Array.from({ length: apps }, (_, n) => ({ id: `app-${n}`, name: text })),
    values: { picked: '', subject: text, app: text, start: '2026-12-01', end: text, reason: text, ticket: text },
    problems: [text],
    today: '2026-03-02',
    example: registry.commands[form].examples[0],
  };
}

export function homeSaying(text: string): HomeCardInput['sections'] {
  const [decisions, own, broken] = registry.homeSections as readonly [HomeSection, HomeSection, HomeSection];
  const row = { name: markdownText(text), line: markdownText(text), opens: 'show R7K3MQ', tooltip: 'Open one' };
  return [
    { section: decisions, part: { rows: [row, row, row], beyond: 50, isMore: true, note: null } },
    { section: own, part: { rows: [{ ...row, line: null }], beyond: 0, isMore: false, note: markdownText(text) } },
    { section: broken, part: null },
  ];
}

export const kitSaying = (text: string, apps: readonly SeenApp[]): SeenKit => ({
  name: text,
  aliases: [text, text],
  apps,
});

/** The cards of kits: many kits, those of which little could be read, one, and none. */
function kitCardsSaying(words: Messages, text: string): CardMessage[] {
  const broken = (['none', 'several', 'gone', 'twice'] as const).map((trouble) => ({ name: text, id: null, trouble }));
  const unread = (['none', 'unread', 'appDisabled'] as const).map((status) => ({ name: text, id: text, status }));
  const kit = kitSaying(
    text,
    Array.from({ length: 3 }, () => [...broken, ...unread])
      .flat()
      .slice(0, 20),
  );
  const input = { kits: [kit], search: text, isNear: false, mayAdd: false };
  return [
    kitsCard(words, { ...input, kits: Array.from({ length: 60 }, () => kit), search: null }),
    kitsCard(words, { ...input, kits: [kit, kit] }),
    kitsCard(words, { ...input, isNear: true }),
    kitsCard(words, { ...input, kits: [], search: null, mayAdd: true }),
    kitsCard(words, { ...input, kits: [] }),
    kitCard(words, kit, {
      ask: Array.from({ length: 8 }, () => text),
      approvers: [text, text],
      needsTicket: true,
      ends: { longest: '90d', usual: '30d' },
    }),
  ];
}

/** The cards that people begin with, every text of others in them being `text`. */
export function everyStartCardSaying(words: Messages, text: string): CardMessage[] {
  const nothing = { rows: [], beyond: 0, isMore: false, note: 'Nothing.' };
  const sections = registry.homeSections.map((section) => ({ section, part: nothing }));
  return [
    help(words, { commands: allCommands, topic: null }),
    help(words, { commands: allCommands, topic: 'all' }),
    welcome(words, { name: text, canUse: true, commands: allCommands }),
    welcome(words, { name: null, canUse: false, commands: [] }),
    ...forms.flatMap((form) => [
      formCard(words, formSaying(text, form, 40)),
      formCard(words, { ...formSaying(text, form, 500), values: emptyForm, problems: [] }),
    ]),
    homeCard(words, { name: text, commands: allCommands, sections: homeSaying(text) }),
    homeCard(words, { name: text, commands: [], sections }),
    ...kitCardsSaying(words, text),
  ];
}
