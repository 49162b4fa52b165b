/* Runs in the browser, beside the renderer and axe: draws cards one below the other, and looks at what was drawn. */
/* global AdaptiveCards, axe */

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// The Markdown that Usher writes: bold, line breaks, and a backslash before what is meant as it stands.
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = text
    .split(/(\\[\s\S])/)
    .map((part) =>
      /^\\[^\n]/.test(part) ? `&#${part.codePointAt(1)};` : part.replace(/[&<>]/g, (sign) => escapes[sign]),
    )
    .join('')
    .replace(/\*\*([\s\S]+?)\*\*/g, '<b>$1</b>')
    .replace(/\n/g, '<br>');
  result.didProcess = true;
};

let drawn = [];

function drawOne(json, hostConfig, id) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
  card.parse(json);
  drawn.push(card);
  const frame = document.createElement('section');
  frame.id = id;
  frame.className = 'frame';
  frame.setAttribute('aria-label', id);
  frame.append(card.render());
  return frame;
}

/** Draws the cards; `names` are the ids that findings are told by. */
globalThis.draw = (cards, names, hostConfig, { text, background }) => {
  const main = document.querySelector('main');
  document.body.style.color = text;
  document.body.style.background = background;
  drawn = [];
  main.replaceChildren(...cards.map((card, index) => drawOne(card, hostConfig, names[index])));
};

/** Opens what unfolds below a button, such as the reason for a denial. */
globalThis.unfold = () => {
  for (const button of document.querySelectorAll('.ac-pushButton[aria-expanded=false]')) button.click();
};

// What the renderer does, and no card could change; Teams draws these with controls of its own.
const ofTheRenderer = [
  // It names the box around a choice with a filter by the card's label, but not the field in it.
  { rule: 'label', selector: '.ac-choiceSetInput-filtered' },
];

/** What axe finds, a line for each element: the card, the rule, the element, the reason. */
globalThis.findings = async () => {
  const { violations } = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    resultTypes: ['violations'],
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.flatMap(({ html, target, any, all, none }) => {
      const element = document.querySelector(target.at(-1));
      if (ofTheRenderer.some(({ rule, selector }) => rule === id && element?.matches(selector))) return [];
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return [`${element?.closest('.frame')?.id ?? 'page'} · ${id} · ${html.slice(0, 160)} · ${why}`];
    }),
  );
};

/** The cards in which something reaches beyond the pane on either side, or is cut off; a button cuts its title, and a field scrolls. */
globalThis.overflowing = () =>
  [...document.querySelectorAll('.frame')].flatMap((frame) => {
    const edge = frame.getBoundingClientRect();
    const isOutside = ({ left, right, width }) => width > 0 && (right > edge.right + 1 || left < edge.left - 1);
    const isCut = (element) =>
      getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    const wide = [...frame.querySelectorAll('*')].filter((element) => {
      if (element.closest('.ac-pushButton, input, select')) return false;
      // A word that is wider than its element reaches beyond the box of the element as well.
      return isCut(element) || [element.getBoundingClientRect(), ...wordBoxes(element)].some(isOutside);
    });
    return wide.slice(-1).map((element) => `${frame.id} · ${element.outerHTML.slice(0, 160)}`);
  });

function wordBoxes(element) {
  return [...element.childNodes]
    .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
    .map((text) => {
      const range = document.createRange();
      range.selectNodeContents(text);
      return range.getBoundingClientRect();
    });
}

/** How high each card is, in CSS pixels, as `name: height`. */
globalThis.heights = () =>
  [...document.querySelectorAll('.frame')].map(
    (frame) => `${frame.id}: ${Math.ceil(frame.getBoundingClientRect().height)}`,
  );

/** Places where the eye meets things in another order than a screen reader: a later text that stands above and to the left. */
globalThis.disorder = () =>
  [...document.querySelectorAll('.frame')].flatMap((frame) => {
    const all = [...frame.querySelectorAll('.ac-textBlock, .ac-pushButton, input, textarea, select')];
    const blocks = all.filter((element) => element.offsetParent !== null);
    return blocks.slice(1).flatMap((element, index) => {
      const [before, after] = [blocks[index].getBoundingClientRect(), element.getBoundingClientRect()];
      const isAbove = after.bottom <= before.top + 1 && after.left < before.right;
      const isLeft = after.right <= before.left + 1 && after.top < before.bottom - 1 && after.bottom > before.top + 1;
      return isAbove || isLeft ? [`${frame.id} · ${element.textContent.slice(0, 80)}`] : [];
    });
  });

/** The buttons and inputs that the Tab key has reached since, in that order, by card and name. */
globalThis.watchFocus = () => {
  globalThis.reached = [];
  document.addEventListener('focusin', ({ target }) => {
    // The renderer lets the keyboard stop at each card as well.
    if (target.matches(CONTROLS)) globalThis.reached.push(nameOf(target));
  });
};

/** All buttons and inputs, in the order of the page. */
globalThis.reachable = () => controls().map(nameOf);

/** Says yes or no to every input of every card as a click on its button would, and tells which show no error by their side. */
globalThis.silentErrors = () => {
  for (const card of drawn) for (const input of card.getAllInputs(true)) input.validateValue();
  return drawn.flatMap((card) =>
    card.getAllInputs(true).flatMap((input) => {
      const control = input.renderedInputControlElement;
      const labels = (control?.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id));
      const spoken = labels.map((label) => label?.textContent ?? '').join(' ');
      const isTold = input.isValid() || (input.errorMessage !== undefined && spoken.includes(input.errorMessage));
      return isTold ? [] : [`${input.id}: ${spoken}`];
    }),
  );
};

const CONTROLS = '.ac-pushButton, .ac-selectable[role=button], input, textarea, select';

function controls() {
  return [...document.querySelectorAll(CONTROLS)].filter((element) => element.offsetParent !== null);
}

function nameOf(element) {
  // The field of a choice with a filter stands in the box that has the label; see above.
  const holder = element.closest('[aria-labelledby]') ?? element;
  const labels = (holder.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
  const name = labels
    .map((label) => label?.textContent ?? '')
    .join(' ')
    .trim();
  return `${element.closest('.frame')?.id} · ${name || element.getAttribute('aria-label') || element.textContent.trim()}`;
}
