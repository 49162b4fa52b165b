import type { LabelledText, Text } from '../../../chat/cards/card-views.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import type { Forecast, Request } from '../../../requests/request.ts';

/**
 * The content of an access card in each state and for each audience: the tone, what has happened, what it means and
 * what to do next. A state without content does not compile.
 */
export interface CardContent {
  readonly tone: Tone;
  readonly title: string;
  /** The title in plain text. */
  readonly verdict: string;
  readonly paragraphs: readonly Text[];
  /** The texts that people typed. */
  readonly quotes: readonly Quote[];
  readonly next: string | null;
  /** Plain: the content of `paragraphs` and `next` that a notification needs. */
  readonly summary: string;
}

/** The provisioning request that carries out an access request, and its queue position. */
export interface RequestProgress {
  readonly request: Request;
  readonly forecast: Forecast | null;
}

/** A typed text, finished for a card and plain for a notification. */
export interface Quote extends LabelledText {
  readonly plain: string;
}
