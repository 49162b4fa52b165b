/**
 * How Teams renders cards in its three themes. Light and dark are the colors and sizes that Microsoft publishes for
 * Teams (https://github.com/microsoft/AdaptiveCards/tree/main/samples/HostConfig, microsoft-teams-light and -dark). For
 * high contrast it publishes none: black, white and the three signal colors are those of Teams' own theme of that name.
 */
export const themes = ['light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];

interface Paint {
  readonly text: string;
  readonly subtle: string;
  readonly background: string;
}

interface Colors {
  readonly accent: string;
  readonly good: string;
  readonly warning: string;
  readonly attention: string;
}

const STYLES = ['default', 'emphasis', 'accent', 'good', 'attention', 'warning'] as const;
type Style = (typeof STYLES)[number];

const onLight = (background: string): Paint => ({ text: '#252424', subtle: '#bf252424', background });
const onPale = (background: string): Paint => ({ text: '#201f1f', subtle: '#2d2c2c', background });
const onDark = (background: string): Paint => ({ text: '#ffffff', subtle: '#bfffffff', background });
const onBlack: Paint = { text: '#ffffff', subtle: '#ffffff', background: '#000000' };

const paints: Readonly<Record<Theme, Readonly<Record<Style, Paint>>>> = {
  light: {
    default: onLight('#ffffff'),
    emphasis: onLight('#f9f8f7'),
    accent: onLight('#c7def9'),
    good: onLight('#ccffcc'),
    attention: onLight('#ffc5b2'),
    warning: onLight('#ffe2b2'),
  },
  dark: {
    default: onDark('#2d2c2c'),
    emphasis: onDark('#292828'),
    accent: onPale('#c7def9'),
    good: onPale('#ccffcc'),
    attention: onPale('#ffc5b2'),
    warning: onPale('#ffe2b2'),
  },
  contrast: {
    default: onBlack,
    emphasis: onBlack,
    accent: onBlack,
    good: onBlack,
    attention: onBlack,
    warning: onBlack,
  },
};

const colors: Readonly<Record<Theme, Colors>> = {
  light: { accent: '#6264a7', good: '#92c353', warning: '#f8d22a', attention: '#c4314b' },
  dark: { accent: '#a6a7dc', good: '#92c353', warning: '#f8d22a', attention: '#d74654' },
  contrast: { accent: '#1aebff', good: '#3ff23f', warning: '#ffff01', attention: '#ffffff' },
};

/** Colors of a theme, for what the page around the cards needs. */
export const paintOf = (theme: Theme): Paint => paints[theme].default;

const fontSizes = { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 };
const fontWeights = { lighter: 200, default: 400, bolder: 600 };

/** The host configuration, as the renderer takes it. */
export function hostConfigOf(theme: Theme) {
  const plain = (color: string) => ({ default: color, subtle: color });
  const { accent, good, warning, attention } = colors[theme];
  const containerStyles = Object.fromEntries(
    STYLES.map((style) => {
      const { text, subtle, background } = paints[theme][style];
      const foregroundColors = {
        default: { default: text, subtle },
        accent: plain(accent),
        good: plain(good),
        warning: plain(warning),
        attention: plain(attention),
      };
      return [style, { backgroundColor: background, foregroundColors }];
    }),
  );
  const fact = { size: 'Default', color: 'Default', isSubtle: false, wrap: true };
  return {
    supportsInteractivity: true,
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: '#eeeeee' },
    fontTypes: {
      default: { fontFamily: "'Segoe UI', Tahoma, Geneva, Verdana, sans-serif", fontSizes, fontWeights },
      monospace: { fontFamily: "'Courier New', Courier, monospace", fontSizes, fontWeights },
    },
    textStyles: {
      heading: { fontType: 'default', size: 'large', weight: 'bolder', color: 'default', isSubtle: false },
    },
    textBlock: { headingLevel: 2 },
    containerStyles,
    actions: {
      maxActions: 6,
      spacing: 'Default',
      buttonSpacing: 8,
      showCard: { actionMode: 'Inline', inlineTopMargin: 16, style: 'emphasis' },
      actionsOrientation: 'Horizontal',
      actionAlignment: 'Left',
    },
    adaptiveCard: { allowCustomStyle: false },
    factSet: { title: { ...fact, weight: 'Bolder' }, value: { ...fact, weight: 'Default' }, spacing: 16 },
  };
}
