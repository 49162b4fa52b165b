import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanText } from '../../src/teams/text.ts';
import { propertyRuns } from '../support/property-runs.ts';

const SEED = 20261121;
const botId = '28:usher';
const bot = { type: 'mention', text: '<at>Usher</at>', mentioned: { id: botId, name: 'Usher' } };
const adele = { type: 'mention', text: '<at>Adele Vance</at>', mentioned: { id: '29:adele', name: 'Adele Vance' } };

function clean(text: unknown, entities: unknown = [bot]): string {
  return cleanText({ text, entities, botId }).text;
}

describe('the text of a message, whatever Teams wraps around it,', () => {
  it.each([
    ['a mention of the bot in front', '<at>Usher</at> whoami', 'whoami'],
    ['a mention with an attribute', '<at id="0">Usher</at>&nbsp;whoami', 'whoami'],
    ['mentions of the bot at both ends', '<at>Usher</at> apps <at>Usher</at>', 'apps'],
    ['a mention that touches the next word', '<at>Usher</at>apps', 'apps'],
    ['a mention in capitals', '<AT>Usher</AT> apps', 'apps'],
    ['bold inside a mention', '<at><b>Usher</b></at> apps', 'apps'],
    ['a mail link', 'provision <a href="mailto:adele@contoso.com">adele@contoso.com</a> to X', 'adele@contoso.com'],
    ['a markdown mail link', 'provision [adele@contoso.com](mailto:adele@contoso.com) to X', 'adele@contoso.com'],
    ['an address in angle brackets', 'provision <adele@contoso.com> to X', 'adele@contoso.com'],
    ['a mailto in angle brackets', 'provision <mailto:adele@contoso.com> to X', 'adele@contoso.com'],
    ['Outlook’s copy', 'provision adele@contoso.com<mailto:adele@contoso.com> to X', 'adele@contoso.com'],
  ])('is read from %s', (_what, text, meant) => {
    const expected = meant.includes('@') ? `provision ${meant} to X` : meant;

    expect(clean(text)).toBe(expected);
  });

  it.each([
    ['a linked host name', 'to [Box.com](http://box.com)', 'to Box.com'],
    ['brackets that are no link', 'apps [a](b) [c] (d)', 'apps [a](b) [c] (d)'],
    ['entities, once only', 'R&amp;D &lt;at&gt; &#39;x&#x27; &amp;lt; &#146;', "R&D <at> 'x' &lt; ’"],
    ['entities of Windows-1252', '&#128;&#146;&#150;&#159;', '€’–Ÿ'],
    ['what is no entity', 'AT&T &bogus; &; &#; &#xZZ;', 'AT&T &bogus; &; &#; &#xZZ;'],
    ['impossible entities', '&#0;&#xD800;&#1114112;', '\ufffd\ufffd\ufffd'],
    ['comparisons', 'a < b > c <3 1<2', 'a < b > c <3 1<2'],
    ['paragraphs', '<p>one</p><p>two<br/>three</p>', 'one\ntwo\nthree'],
    ['divisions', '<div>one</div>\n<div>two</div>', 'one\ntwo'],
    ['line breaks in laid-out HTML', 'a<br>\n<b>b</b>', 'a\nb'],
    ['other tags', '<p class="x"><b>apps</b> <i>sales</i><!-- x --><o:p></o:p></p>', 'apps sales'],
    ['Windows and old Mac line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['blank lines', 'a \n\n b', 'a\n\nb'],
    ['odd spaces', '\u00a0who\u2003am\u2000\u3000i\u202f', 'who am i'],
    [
      'a table, row by row',
      '<p>provision</p><table>\n<tbody><tr>\n<td></td>\n<td><p>Salesforce</p></td><td>Box&nbsp;</td></tr>\n<tr><td>Adele<br>\nVance</td><td>x</td><td></td></tr><tr><td></td><td></td></tr><tr><td>Lee</td></tr></tbody></table><p>thanks</p>',
      'provision\n\tSalesforce\tBox\nAdele Vance\tx\n\nLee\nthanks',
    ],
    ['an empty first cell', 'a\n\tb\t\nc', 'a\n\tb\nc'],
    ['a cell without its row', 'a<td>b</td>c', 'a\nb\nc'],
    ['the cells of a pasted table', 'Adele Vance \t adele@contoso.com', 'Adele Vance\tadele@contoso.com'],
    ['what cannot be seen', '\u200bwho\u2060\ufeffa\u00admi\u200e\u202e\u2066\u0007', 'whoami'],
    ['joiners next to ASCII', 'who\u200dami\u200c', 'whoami'],
    ['joiners that a name needs', 'علی\u200cرضا', 'علی\u200cرضا'],
    ['full-width letters', 'ｗｈｏａｍｉ', 'whoami'],
    ['composed and decomposed names', 'Zoe\u0308 Zoë 李 Åsa Ñuñez', 'Zoë Zoë 李 Åsa Ñuñez'],
    ['signs that are part of a name', 'Contoso™ m² ½ №5', 'Contoso™ m² ½ №5'],
    [
      'what it quotes',
      '<blockquote itemscope itemid="1"><strong>Megan</strong><p>provision adele to Box</p></blockquote><p>check isaiah</p>',
      'check isaiah',
    ],
    ['a quotation in a quotation', 'one<blockquote>a<blockquote>b</blockquote>c</blockquote>two', 'one\ntwo'],
    [
      'a quotation alone, marked',
      '<blockquote><p>provision adele to Box</p></blockquote><p>&nbsp;</p>',
      '>\nprovision adele to Box',
    ],
    ['a quotation that does not end', 'check isaiah<blockquote>provision adele', 'check isaiah'],
    ['quotes, which belong to the grammar', '“Lee Gu” O’Brien', '“Lee Gu” O’Brien'],
    ['emoji', 'thanks 👍🏽 👨‍👩‍👧', 'thanks 👍🏽 👨‍👩‍👧'],
    ['half an emoji', 'a\ud83d', 'a\ufffd'],
  ])('is read from %s', (_what, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each([[undefined], [null], [42], [{}], ['']])('is empty for %p', (text) => {
    expect(cleanText({ text, entities: undefined, botId })).toEqual({ text: '', mentions: [] });
  });

  it('loses a mention of the bot that carries no tag, when its entity says so', () => {
    const entities = [{ type: 'mention', text: '@Usher', mentioned: { id: botId } }];

    expect(clean('@Usher apps', entities)).toBe('apps');
    expect(clean('@Usher apps', [])).toBe('@Usher apps');
  });

  it('loses a mention of the bot without an entity by its name', () => {
    const cleaned = cleanText({ text: '<at>usher</at> apps', entities: [], botId, botName: 'Usher' });

    expect(cleaned.text).toBe('apps');
  });

  it('keeps ordinary words that an entity names', () => {
    const entities = [{ type: 'mention', text: 'provision', mentioned: { id: botId, name: 'Usher' } }];

    expect(clean('provision adele to X', entities)).toBe('provision adele to X');
  });
});

describe('mentions of people', () => {
  it('leave the plain name and list the id', () => {
    const text = '<at>Usher</at> provision <at>Adele Vance</at>&nbsp;to Salesforce';

    expect(cleanText({ text, entities: [bot, adele], botId })).toEqual({
      text: 'provision Adele Vance to Salesforce',
      mentions: [{ id: '29:adele', name: 'Adele Vance' }],
    });
  });

  it('have the name of the text, not of the entity', () => {
    const entities = [{ ...adele, text: '<at>Adele&nbsp;&amp;&#32;Co</at>' }];

    const cleaned = cleanText({ text: 'provision <at>Adele &amp; Co</at> to X', entities, botId });

    expect(cleaned.text).toBe('provision Adele & Co to X');
    expect(cleaned.mentions).toEqual([{ id: '29:adele', name: 'Adele & Co' }]);
  });

  it('of two people of one name are distinguished by their order', () => {
    const lee = (id: string) => ({ type: 'mention', text: '<at>Lee</at>', mentioned: { id, name: 'Lee' } });

    const cleaned = cleanText({ text: '<at>Lee</at>, <at>Lee</at>', entities: [lee('29:a'), lee('29:b')], botId });

    expect(cleaned.mentions).toEqual([
      { id: '29:a', name: 'Lee' },
      { id: '29:b', name: 'Lee' },
    ]);
  });

  it('list a person once who is mentioned twice', () => {
    const cleaned = cleanText({ text: '<at>Adele Vance</at> <at>Adele Vance</at>', entities: [adele], botId });

    expect(cleaned).toEqual({ text: 'Adele Vance Adele Vance', mentions: [{ id: '29:adele', name: 'Adele Vance' }] });
  });

  it('join a name that was cut into a mention per word', () => {
    const entities = ['Adele', 'Vance'].map((word) => ({ ...adele, text: `<at>${word}</at>` }));

    const cleaned = cleanText({ text: 'provision <at>Adele</at>&nbsp;<at>Vance</at> to X', entities, botId });

    expect(cleaned).toEqual({
      text: 'provision Adele Vance to X',
      mentions: [{ id: '29:adele', name: 'Adele Vance' }],
    });
  });

  it('keep the text between mentions of one person that are not one name', () => {
    const entities = ['Adele', 'Vance'].map((word) => ({ ...adele, text: `<at>${word}</at>` }));

    expect(clean('<at>Adele</at> and <at>Vance</at>', entities)).toBe('Adele and Vance');
    expect(clean('<at>Adele</at> <at>or <at>Vance</at>', entities)).toBe('Adele or Vance');
  });

  it('keep a person who has the bot’s name', () => {
    const namesake = { type: 'mention', text: '<at>Usher</at>', mentioned: { id: '29:usher', name: 'Usher' } };

    const cleaned = cleanText({
      text: '<at>Usher</at> provision <at>Usher</at> to X <at>Usher</at>',
      entities: [bot, namesake],
      botId,
    });

    expect(cleaned).toEqual({ text: 'provision Usher to X', mentions: [{ id: '29:usher', name: 'Usher' }] });
  });

  it('keep the name of a person for whom there is no entity, without an id', () => {
    expect(cleanText({ text: 'provision <at>Megan</at> to X', entities: [bot], botId })).toEqual({
      text: 'provision Megan to X',
      mentions: [],
    });
  });

  it('survive tags that are nested, unclosed or closed twice', () => {
    expect(clean('<at>a<at>Usher</at>b</at> c')).toBe('a b c');
    expect(clean('<at>provision adele')).toBe('provision adele');
    expect(clean('</at></at>apps<at')).toBe('apps<at');
  });
});

describe('any text from Teams', () => {
  const scrap = fc.oneof(
    fc.constantFrom(
      ...['<at>', '</at>', '<at id="1">', 'Usher', '<', '>', '<a href="mailto:', '[', '](mailto:', ')', '&', '&#', ';'],
      ...['&amp;lt;', '&#x110000;', '\u202e', '\u200d', '\ud800', '\udfff', '🙂', '\u0301\u0323', '\n', ' ', '"', '“'],
      ...['$', '{x}', '{{DATE()}}', '<script>', '<!--', '<br>', '<p>', 'a@b', '@Usher', '<mailto:', 'to', '\u0000'],
    ),
    fc.string({ unit: 'binary' }),
  );
  const hostile = fc.array(scrap, { maxLength: 60 }).map((scraps) => scraps.join(''));
  const anyEntity = fc.oneof(
    fc.anything(),
    fc.record({
      type: fc.constantFrom('mention', 'Mention', 7, null),
      text: fc.oneof(hostile, fc.anything()),
      mentioned: fc.oneof(fc.record({ id: fc.oneof(fc.constant(botId), fc.anything()), name: hostile }), fc.anything()),
    }),
    fc.constant(bot),
    fc.constant(adele),
  );

  it('is read without an exception, into well-formed, visible, trimmed text', () => {
    const entitiesOfAnyKind = fc.oneof(fc.array(anyEntity, { maxLength: 6 }), fc.anything());

    fc.assert(
      fc.property(fc.oneof(hostile, fc.anything()), entitiesOfAnyKind, (text, entities) => {
        const cleaned = cleanText({ text, entities, botId, botName: 'Usher' });

        expect(cleaned.text.isWellFormed()).toBe(true);
        expect(cleaned.text).not.toMatch(/(?![\n\t])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]|\u00a0| {2}/u);
        expect(cleaned.text).toBe(cleaned.text.trim());
        for (const { id, name } of cleaned.mentions) {
          expect(id).not.toBe(botId);
          expect(name).not.toBe('');
        }
      }),
      { seed: SEED, numRuns: propertyRuns(1500) },
    );
  });
});
