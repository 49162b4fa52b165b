import type { CardAction } from '../reply.ts';

/**
 * What each template in `cards/` binds to. Texts arrive finished: worded, escaped and cut. The templating library
 * leaves `${x}` on the card for a missing field and fails on null, so every field is always there, and a part that a
 * card may lack is a list of none or one, never an optional field: `$data` over an empty list drops the element.
 */
export interface CardViews {
  readonly notice: NoticeView;
  readonly progress: ProgressView;
  readonly result: ResultView;
  readonly picker: PickerView;
  readonly help: HelpView;
  readonly apps: AppsView;
  readonly whoami: WhoamiView;
  readonly list: ListView;
  readonly access: AccessView;
  readonly form: FormView;
  readonly pending: PendingView;
  readonly check: CheckView;
}

export type CardName = keyof CardViews;
export const CARD_NAMES = [
  'notice',
  'progress',
  'result',
  'picker',
  'help',
  'apps',
  'whoami',
  'list',
  'access',
  'form',
  'pending',
  'check',
] as const satisfies readonly CardName[];

export type Maybe<T> = readonly [] | readonly [T];

/** Colour never stands alone: the glyph and a word next to it say the same. */
export interface Look {
  readonly glyph: string;
  /** For the glyph on plain ground only; a style is a ground of its own colour, and brings it out by itself. */
  readonly color: 'Default' | 'Good' | 'Attention';
  readonly style: 'default' | 'emphasis' | 'good' | 'warning' | 'attention' | 'accent';
}

export interface Text {
  readonly text: string;
}

export interface LabelledText extends Text {
  readonly label: string;
}

export interface Fact {
  readonly title: string;
  readonly value: string;
}

export interface SubmitButton {
  readonly title: string;
  /** The full text, for whoever hovers or listens; Teams cuts a long title. */
  readonly tooltip: string;
  readonly data: CardAction & { readonly msteams: { readonly feedback: { readonly hide: true } } };
}

/**
 * A decision: `Action.Execute`, which changes the card for the clicker at once, and `Action.Submit` of the same data
 * for clients that do not know it. The data are a verb and an id; what the card's inputs hold is added by the client.
 */
export interface DecisionButton extends Omit<SubmitButton, 'data'> {
  readonly data: { readonly verb: 'approve' | 'deny'; readonly requestId: string };
}

/** Sends the inputs of the form along with the verb. */
export interface FormButton extends Omit<SubmitButton, 'data'> {
  readonly data: { readonly verb: 'ask' } & Pick<SubmitButton['data'], 'msteams'>;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

interface AnyView {
  readonly fallbackText: string;
}

export interface NoticeView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly paragraphs: readonly Text[];
  readonly next: Maybe<LabelledText>;
  readonly code: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
  readonly links: Maybe<Link>;
}

export interface ProgressView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly subject: string;
  readonly label: Maybe<Text>;
  readonly paragraphs: readonly Text[];
  readonly footer: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

export interface StepRow {
  readonly glyph: string;
  readonly color: Look['color'];
  readonly name: string;
  readonly line: Maybe<Text>;
  readonly status: string;
}

export interface FactTable {
  readonly facts: readonly Fact[];
}

export interface DetailSection {
  readonly heading: string;
  readonly texts: readonly Text[];
  readonly tables: Maybe<FactTable>;
  readonly more: Maybe<Text>;
}

export interface ResultView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly subject: string;
  readonly label: Maybe<Text>;
  readonly paragraphs: readonly Text[];
  /** The failing step, ahead of all the others. */
  readonly stopped: Maybe<{ readonly label: string; readonly style: Look['style']; readonly lines: readonly Text[] }>;
  readonly next: Maybe<{ readonly label: string; readonly lines: readonly Text[] }>;
  readonly code: Maybe<Text>;
  readonly stepsHeading: Maybe<Text>;
  readonly steps: readonly StepRow[];
  readonly moreSteps: Maybe<Text>;
  readonly footer: Maybe<Text>;
  /** Hidden until somebody asks for it. */
  readonly details: Maybe<{ readonly sections: readonly DetailSection[] }>;
  readonly buttons: readonly SubmitButton[];
  readonly toggles: Maybe<{ readonly title: string }>;
  readonly links: Maybe<Link>;
}

export interface PickerRow {
  readonly name: string;
  readonly lines: readonly Text[];
  readonly warnings: readonly Text[];
  readonly choices: Maybe<SubmitButton>;
}

export interface PickerView extends AnyView {
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly PickerRow[];
  readonly more: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

export interface HelpView extends AnyView {
  readonly title: string;
  readonly intro: readonly Text[];
  readonly commands: readonly (Text & {
    readonly examples: readonly Text[];
    readonly tries: Maybe<SubmitButton>;
  })[];
  readonly footer: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

export interface AppsView extends AnyView {
  readonly title: string;
  readonly intro: readonly Text[];
  readonly rows: readonly {
    readonly look: Look;
    readonly name: string;
    readonly aliases: Maybe<Text>;
    readonly state: string;
  }[];
  readonly more: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

export interface WhoamiView extends AnyView {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly rights: string;
  readonly footer: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

/** A person, a call or a line of a list: glyph, name, and what there is to say about it. */
export interface ListRow extends Text {
  readonly glyph: string;
  readonly color: Look['color'];
  readonly line: Maybe<Text>;
}

export interface ListSection {
  readonly headings: Maybe<Text>;
  readonly rows: readonly ListRow[];
  readonly more: Maybe<Text>;
}

/** Many people or calls at once: a list that runs, the question before it, one page of it, and a group. */
export interface ListView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly subject: Maybe<Text>;
  /** `text` says the same for clients that draw no bar. */
  readonly bars: Maybe<Text & { readonly percent: number }>;
  readonly paragraphs: readonly Text[];
  readonly tables: Maybe<FactTable>;
  readonly sections: readonly ListSection[];
  readonly next: Maybe<LabelledText>;
  readonly footer: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

/** One access request, as it stands for the asker or for the approvers. */
export interface AccessView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly subject: string;
  readonly label: Maybe<Text>;
  readonly paragraphs: readonly Text[];
  readonly warnings: Maybe<{ readonly lines: readonly Text[] }>;
  /** What people wrote: why it is asked for, why it was denied. */
  readonly quotes: readonly LabelledText[];
  readonly tables: Maybe<FactTable>;
  readonly next: Maybe<LabelledText>;
  readonly footer: readonly Text[];
  readonly approvals: Maybe<DecisionButton>;
  /** A card in the card, which `opens` unfolds: the reason and the button. */
  readonly denials: Maybe<{
    readonly opens: string;
    readonly label: string;
    readonly placeholder: string;
    readonly button: DecisionButton;
  }>;
  readonly buttons: readonly SubmitButton[];
  readonly links: Maybe<Link>;
}

/** An input of a form; `label` and `placeholder` are never read as Markdown. */
export interface Field {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** Shown when it is left empty or holds what it must not. */
  readonly errorMessage: string;
}

export interface DateField extends Omit<Field, 'placeholder' | 'value'> {
  /** `YYYY-MM-DD`. */
  readonly min: string;
}

export interface FormView extends AnyView {
  readonly title: string;
  readonly intro: string;
  readonly problems: Maybe<Text>;
  readonly subject: Field;
  /** One of the two: a list to choose from, or a line to type where there are too many apps for a list. */
  readonly appChoices: Maybe<Field & { readonly choices: readonly Fact[] }>;
  readonly appTexts: Maybe<Field>;
  /** One of the two: a date that is empty is no date to some clients. */
  readonly filledStarts: Maybe<DateField & { readonly value: string }>;
  readonly emptyStarts: Maybe<DateField>;
  readonly reason: Omit<Field, 'errorMessage'>;
  readonly footer: Maybe<Text>;
  readonly buttons: readonly FormButton[];
}

export interface PendingView extends AnyView {
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly {
    readonly name: string;
    readonly lines: readonly Text[];
    readonly opens: Maybe<SubmitButton>;
  }[];
  readonly more: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
}

/** How an app's synchronization stands, or one person in it: the verdict, what to do, then all that was read. */
export interface CheckView extends AnyView {
  readonly look: Look;
  readonly title: string;
  readonly subject: Maybe<Text>;
  readonly label: Maybe<Text>;
  readonly paragraphs: readonly Text[];
  readonly next: Maybe<LabelledText>;
  readonly code: Maybe<Text>;
  readonly tables: Maybe<FactTable>;
  readonly sections: readonly ListSection[];
  readonly footer: Maybe<Text>;
  readonly buttons: readonly SubmitButton[];
  readonly links: Maybe<Link>;
}
