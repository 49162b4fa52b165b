export interface CardButton {
  readonly title: string;
  readonly data: unknown;
}

/** Every Action.Submit and Action.Execute of a card, wherever it stands, that of a row by its tooltip; fallbacks are the same buttons once more. */
export function buttonsIn(element: unknown): CardButton[] {
  if (Array.isArray(element)) return element.flatMap(buttonsIn);
  if (typeof element !== 'object' || element === null) return [];
  const none = { type: '', title: null, tooltip: '', data: null, fallback: null };
  const { type, title, tooltip, data, fallback: _, ...rest } = { ...none, ...element };
  const own = type === 'Action.Submit' || type === 'Action.Execute' ? [{ title: String(title ?? tooltip), data }] : [];
  return [...own, ...Object.values(rest).flatMap(buttonsIn)];
}
