import type { CardAction } from '../reply.ts';

/**
 * What each template in `cards/` binds to. Texts arrive finished: worded, escaped and cut. The templating library
 * leaves `${x}` on the card for a missing field and fails on null, so every field is always present. An optional part
 * is a list of none or one, never an optional field: `$data` over an empty list drops the element.
 */
export interface CardViews {
  readonly notice: NoticeView;
  readonly progress: ProgressView;
  readonly result: ResultView;
  readonly picker: PickerView;
  readonly help: HelpView;
  readonly home: HomeView;
  readonly apps: AppsView;
  readonly whoami: WhoamiView;
  readonly list: ListView;
  readonly access: AccessView;
  readonly form: FormView;
  readonly joint: JointView;
  readonly pending: PendingView;
  readonly check: CheckView;
  readonly earlier: EarlierView;
}

export type CardName = keyof CardViews;
export const CARD_NAMES = [
  'notice',
  'progress',
  'result',
  'picker',
  'help',
  'home',
  'apps',
  'whoami',
  'list',
  'access',
  'form',
  'joint',
  'pending',
  'check',
  'earlier',
] as const satisfies readonly CardName[];

export type Maybe<T> = readonly [] | readonly [T];

/** Color never stands alone: the glyph and a word next to it say the same. */
export interface Look {
  readonly glyph: string;
  /** Colors the glyph on plain ground only; a style brings its own background, on which the glyph shows. */
  readonly color: 'Default' | 'Good' | 'Attention';
  readonly style: 'default' | 'emphasis' | 'good' | 'warning' | 'attention' | 'accent';
}

export interface Text {
  readonly text: string;
}

/** Not a card of its own: its body ends another card. */
export interface EarlierView extends Text {
  readonly fallbackText: string;
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
  /** The full text for hovering and for screen readers; Teams cuts a long title. */
  readonly tooltip: string;
  readonly data: CardAction & { readonly msteams: { readonly feedback: { readonly hide: true } } };
}

/** What a click on a row sends. Without a title: a screen reader would read it in place of what the row says. */
export type RowButton = Pick<SubmitButton, 'tooltip' | 'data'>;

/**
 * A decision: `Action.Execute`, which updates the clicker's card at once, and `Action.Submit` with the same data for
 * clients without it. The data are a verb and an id; the client adds the card's inputs.
 */
export interface DecisionButton extends Omit<SubmitButton, 'data'> {
  readonly data: {
    readonly verb: 'approve' | 'deny';
    readonly requestId: string;
    /** Of a joint request: the ids of the lines that the card shows, with commas between them. */
    readonly among?: string;
    /** Of these, only those that were ticked. */
    readonly ticked?: true;
  };
}

/** Sends the form's inputs along. */
export interface FormButton extends Omit<SubmitButton, 'data'> {
  readonly data: (
    | { readonly verb: 'submit'; readonly form: string; readonly on: 'form' | 'list' }
    | { readonly verb: 'ticket'; readonly text: string }
  ) &
    Pick<SubmitButton['data'], 'msteams'>;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

interface AnyView<Button = SubmitButton> {
  readonly fallbackText: string;
  readonly title: string;
  readonly buttons: readonly Button[];
}

/** A card that opens with a verdict or a state. */
interface LookView extends AnyView {
  readonly look: Look;
  readonly paragraphs: readonly Text[];
}

/** The same about one person or group: the name, and a line that identifies it. */
interface SubjectView extends LookView {
  readonly subject: string;
  readonly label: Maybe<Text>;
}

export interface NoticeView extends LookView {
  readonly next: Maybe<LabelledText>;
  /** What the reader needs less than the next step. */
  readonly further: readonly Text[];
  readonly code: Maybe<Text>;
  readonly links: Maybe<Link>;
}

export interface ProgressView extends SubjectView {
  readonly footer: Maybe<Text>;
}

export interface StepRow {
  readonly glyph: string;
  readonly color: Look['color'];
  readonly name: string;
  readonly status: string;
}

export interface FactTable {
  readonly facts: readonly Fact[];
}

/** The button that unfolds the card's details. */
export type Toggle = Pick<SubmitButton, 'title'>;

export interface DetailSection {
  readonly heading: string;
  readonly texts: readonly Text[];
  readonly more: Maybe<Text>;
}

export interface ResultView extends SubjectView {
  /** The failing step, above all others. */
  readonly stopped: Maybe<{ readonly label: string; readonly lines: readonly Text[] }>;
  readonly next: Maybe<{ readonly label: string; readonly lines: readonly Text[] }>;
  /** What the reader needs less than the next step. */
  readonly further: readonly Text[];
  readonly stepsHeading: Maybe<Text>;
  readonly steps: readonly StepRow[];
  readonly moreSteps: Maybe<Text>;
  readonly footer: Maybe<Text>;
  /** Hidden until the reader unfolds it. */
  readonly details: Maybe<{ readonly sections: readonly DetailSection[] }>;
  readonly toggles: Maybe<Toggle>;
  readonly links: Maybe<Link>;
}

export interface PickerRow {
  readonly name: string;
  readonly lines: readonly Text[];
  readonly warnings: readonly Text[];
  readonly choices: Maybe<SubmitButton>;
}

export interface PickerView extends AnyView {
  readonly intro: string;
  readonly rows: readonly PickerRow[];
  readonly more: Maybe<Text>;
}

export interface HelpView extends AnyView {
  readonly intro: readonly Text[];
  /** A chapter, or the one command that the help is about. */
  readonly chapters: readonly { readonly headings: Maybe<Text>; readonly lines: readonly Text[] }[];
  readonly footer: Maybe<Text>;
}

/** A part of a caller's own matters: each row opens what it names. */
export interface HomeView extends AnyView {
  readonly sections: readonly {
    readonly heading: string;
    readonly notes: readonly Text[];
    readonly rows: readonly {
      readonly name: string;
      readonly line: Maybe<Text>;
      readonly opens: Maybe<SubmitButton>;
    }[];
    /** Opens the whole list. */
    readonly more: Maybe<SubmitButton>;
  }[];
}

export interface AppsView extends AnyView {
  readonly intro: readonly Text[];
  readonly rows: readonly {
    readonly look: Look;
    readonly name: string;
    /** Below the name. */
    readonly lines: readonly Text[];
    readonly state: string;
    readonly opens: Maybe<RowButton>;
  }[];
  readonly more: Maybe<Text>;
}

export interface WhoamiView extends AnyView {
  readonly facts: readonly Fact[];
  readonly rights: string;
  readonly footer: Maybe<Text>;
}

/** A person, a call or a line of a list: glyph, name, and the facts about it. */
export interface ListRow extends Text {
  readonly glyph: string;
  readonly color: Look['color'];
  readonly line: Maybe<Text>;
  readonly opens: Maybe<RowButton>;
}

export interface ListSection {
  readonly headings: Maybe<Text>;
  readonly rows: readonly ListRow[];
  readonly more: Maybe<Text>;
}

/** Many people or calls at once: a running list, the confirmation before it, one page of it, or a group. */
export interface ListView extends LookView {
  readonly subject: Maybe<Text>;
  /** `text` says the same for clients that draw no bar. */
  readonly bars: Maybe<Text & { readonly percent: number }>;
  readonly sections: readonly ListSection[];
  readonly next: Maybe<LabelledText>;
  /** The ticket number that the confirmation is to give. */
  readonly tickets: FormView['tickets'];
  readonly footer: Maybe<Text>;
  /** Hidden until the reader unfolds it. */
  readonly details: Maybe<{ readonly sections: readonly ListSection[] }>;
  readonly toggles: Maybe<Toggle>;
  readonly links: Maybe<Link>;
}

/** One access request, as its requester or its approvers see it. */
export interface AccessView extends Omit<SubjectView, 'label'> {
  /** What identifies the person, and what they are. */
  readonly label: readonly Text[];
  readonly warnings: Maybe<{ readonly lines: readonly Text[] }>;
  /** What people wrote: the reason of the request, the reason of the denial. */
  readonly quotes: readonly LabelledText[];
  readonly tables: Maybe<FactTable>;
  readonly next: Maybe<LabelledText>;
  readonly footer: readonly Text[];
  readonly approvals: Maybe<DecisionButton>;
  /** A card inside the card, which `opens` unfolds: the denial's reason and the button. */
  readonly denials: Maybe<{
    readonly opens: string;
    readonly label: string;
    readonly placeholder: string;
    readonly button: DecisionButton;
  }>;
  /** Hidden until the reader unfolds it. */
  readonly details: Maybe<FactTable>;
  readonly toggles: Maybe<{ readonly title: string }>;
  readonly links: Maybe<Link>;
}

/** The access requests of one line, as their requester or their approvers see them. */
export interface JointView extends Omit<AccessView, 'details' | 'toggles' | 'links'> {
  readonly sections: readonly ListSection[];
  /** Unfolds the choice of those to decide. */
  readonly picks: Maybe<{
    readonly opens: string;
    readonly label: string;
    readonly choices: readonly { readonly title: string; readonly value: string }[];
    readonly reason: { readonly label: string; readonly placeholder: string };
    readonly approve: DecisionButton;
    readonly deny: DecisionButton;
  }>;
}

/** An input of a form; Teams never reads `label` and `placeholder` as Markdown. */
export interface Field {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** Shown when the input is empty or invalid. */
  readonly errorMessage: string;
}

export interface DateField extends Omit<Field, 'placeholder' | 'value'> {
  /** `YYYY-MM-DD`. */
  readonly min: string;
}

/** An input that takes one name, or several. */
interface NameField {
  readonly isSeveral: boolean;
  readonly maxLength: number;
}

interface AppField extends Field, NameField {
  readonly isRequired: boolean;
}

export interface FormView extends AnyView<FormButton> {
  readonly intro: Maybe<Text>;
  readonly problems: readonly Text[];
  /** Teams' own people picker, and a text for clients without one. */
  readonly persons: Maybe<
    NameField & {
      readonly errorMessage: string;
      readonly picker: Omit<Field, 'errorMessage'>;
      readonly typed: Omit<Field, 'errorMessage'>;
    }
  >;
  /** One of the two: a list of choices, or a text input where there are too many apps for a list. */
  readonly appChoices: Maybe<AppField & { readonly choices: readonly Fact[] }>;
  readonly appTexts: Maybe<AppField>;
  /** One of the two: some clients do not accept an empty date value. */
  readonly filledStarts: Maybe<DateField & { readonly value: string }>;
  readonly emptyStarts: Maybe<DateField>;
  readonly ends: Maybe<Omit<Field, 'errorMessage'>>;
  readonly reasons: Maybe<Omit<Field, 'errorMessage'>>;
  readonly tickets: Maybe<Omit<Field, 'errorMessage'>>;
  readonly footer: Maybe<Text>;
}

export interface PendingView extends AnyView {
  readonly intro: string;
  readonly rows: readonly {
    readonly name: string;
    readonly lines: readonly Text[];
    readonly opens: Maybe<SubmitButton>;
  }[];
  readonly more: Maybe<Text>;
}

/**
 * The synchronization state of an app, or of one person in it: the verdict, what to do, then everything that was read.
 */
export interface CheckView extends LookView {
  readonly subject: Maybe<Text>;
  readonly label: Maybe<Text>;
  readonly next: Maybe<LabelledText>;
  /** What the reader needs less than the next step. */
  readonly further: readonly Text[];
  readonly tables: Maybe<FactTable>;
  readonly footer: Maybe<Text>;
  /** Hidden until the reader unfolds it: codes, ids, and the log. */
  readonly details: Maybe<{
    readonly texts: readonly Text[];
    readonly tables: Maybe<FactTable>;
    readonly sections: readonly ListSection[];
  }>;
  readonly toggles: Maybe<Toggle>;
  readonly links: Maybe<Link>;
}
