/** A text without the signature below it: from a line of dashes on, or from a line that only says goodbye. */
export function aboveSignature(text: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line, index) => index > 0 && SIGNATURE.test(line));
  return at < 0 ? text : lines.slice(0, at).join('\n');
}

const SIGNATURE =
  /^\s*(?:[-–—_]{2,}|(?:many thanks|thanks|thank you|thx|cheers|best|(?:best |kind )?regards|sincerely)[\s,.!]*)\s*$/i;
