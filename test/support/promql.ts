import type { Sample } from './exposition.ts';

/**
 * As much of Prometheus as the alert rules take: selectors with ranges and offsets, `increase`, `rate`, `absent`,
 * aggregations, division, comparisons and `and`. An increase is not stretched to the ends of its range, which changes
 * none of the verdicts here. https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export interface Scrape {
  /** Milliseconds. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

export interface Element {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Value = number | readonly Element[];
type Evaluate = (scrapes: readonly Scrape[], at: number) => Value;

/** After so long a scrape says nothing about the present. */
const lookBackMs = 5 * 60_000;
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const tokenPattern =
  /\s*(?:(\d+[smhd])(?![\w.])|(\d+(?:\.\d+)?)|([A-Za-z_:][\w:]*)|("(?:[^"\\]|\\.)*")|(>=|<=|==|!=|=~|!~|[-+*/(){}[\],=<>]))/gy;

export function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const perUnit = units[unit];
  if (perUnit === undefined) throw new Error(`not a duration: ${text}`);
  return Number(count) * perUnit;
}

/** @throws for what is not in this part of the language */
export function readQuery(text: string): (scrapes: readonly Scrape[], at: number) => readonly Element[] {
  const tokens = [...text.matchAll(tokenPattern)].map(([token]) => token.trim());
  if (tokens.join('') !== text.replace(/\s+/g, '')) throw new Error(`cannot be read: ${text}`);
  let next = 0;
  const peek = () => tokens[next] ?? '';
  const take = (wanted?: string): string => {
    const token = peek();
    if (token === '' || (wanted !== undefined && token !== wanted)) throw new Error(`${wanted} wanted in ${text}`);
    next += 1;
    return token;
  };
  const takes = (...wanted: string[]): string | null => (wanted.includes(peek()) ? take() : null);

  function readAnd(): Evaluate {
    let left = readComparison();
    while (takes('and') !== null) {
      const [one, other] = [left, readComparison()];
      left = (scrapes, at) => {
        const there = new Set(vector(other(scrapes, at)).map(keyOf));
        return vector(one(scrapes, at)).filter((element) => there.has(keyOf(element)));
      };
    }
    return left;
  }

  function readComparison(): Evaluate {
    const left = readQuotient();
    const operator = takes('>', '<', '>=', '<=', '==', '!=');
    if (operator === null) return left;
    const right = readQuotient();
    return (scrapes, at) => {
      const other = right(scrapes, at);
      return vector(left(scrapes, at)).filter((element) => {
        const value = partnerOf(element, other);
        return value !== undefined && compares(element.value, operator, value);
      });
    };
  }

  function readQuotient(): Evaluate {
    let left = readTerm();
    while (takes('/') !== null) {
      const [one, other] = [left, readTerm()];
      left = (scrapes, at) => {
        const divisors = other(scrapes, at);
        return vector(one(scrapes, at)).flatMap((element) => {
          const divisor = partnerOf(element, divisors);
          return divisor === undefined ? [] : [{ ...element, value: element.value / divisor }];
        });
      };
    }
    return left;
  }

  function readTerm(): Evaluate {
    if (takes('(') !== null) {
      const inner = readAnd();
      take(')');
      return inner;
    }
    if (/^\d/.test(peek())) {
      const value = Number(take());
      return () => value;
    }
    const name = take();
    if (name === 'sum' || name === 'max' || name === 'min') return readAggregation(name);
    if (name === 'increase' || name === 'rate' || name === 'absent') {
      take('(');
      const inner = name === 'absent' ? readAnd() : readRange(take(), name === 'rate');
      take(')');
      if (name !== 'absent') return inner;
      return (scrapes, at) => (vector(inner(scrapes, at)).length === 0 ? [{ labels: {}, value: 1 }] : []);
    }
    const fits = readMatchers(name);
    const offsetMs = takes('offset') === null ? 0 : durationMs(take());
    return (scrapes, at) => {
      const latest = scrapes.findLast((scrape) => scrape.at <= at - offsetMs);
      if (latest === undefined || latest.at < at - offsetMs - lookBackMs) return [];
      return latest.samples.filter(fits).map(({ labels, value }) => ({ labels, value }));
    };
  }

  function readAggregation(kind: 'sum' | 'max' | 'min'): Evaluate {
    const by: string[] = [];
    if (takes('by') !== null) {
      take('(');
      while (peek() !== ')') {
        by.push(take());
        takes(',');
      }
      take(')');
    }
    take('(');
    const inner = readAnd();
    take(')');
    const together = {
      sum: (values: number[]) => values.reduce((one, other) => one + other),
      max: Math.max,
      min: Math.min,
    };
    return (scrapes, at) => {
      const groups = Map.groupBy(
        vector(inner(scrapes, at)).map(({ labels, value }) => ({
          labels: Object.fromEntries(by.flatMap((label) => (label in labels ? [[label, labels[label] ?? '']] : []))),
          value,
        })),
        keyOf,
      );
      return [...groups.values()].map((elements) => {
        const values = elements.map(({ value }) => value);
        const value = kind === 'sum' ? together.sum(values) : together[kind](...values);
        return { labels: elements[0]?.labels ?? {}, value };
      });
    };
  }

  /** Of a counter, over a range. */
  function readRange(name: string, perSecond: boolean): Evaluate {
    const fits = readMatchers(name);
    take('[');
    const rangeMs = durationMs(take());
    take(']');
    return (scrapes, at) => {
      const series = new Map<string, { readonly labels: Element['labels']; readonly values: number[] }>();
      for (const scrape of scrapes.filter((one) => one.at > at - rangeMs && one.at <= at))
        for (const sample of scrape.samples.filter(fits)) {
          const kept = series.get(keyOf(sample)) ?? { labels: sample.labels, values: [] };
          kept.values.push(sample.value);
          series.set(keyOf(sample), kept);
        }
      return [...series.values()].flatMap(({ labels, values }) => {
        if (values.length < 2) return [];
        // A counter that falls belongs to a process that has started anew.
        const rises = values.map((value, index) => {
          const before = values[index - 1] ?? value;
          return value < before ? value : value - before;
        });
        const increase = rises.reduce((one, other) => one + other);
        return [{ labels, value: perSecond ? increase / (rangeMs / 1_000) : increase }];
      });
    };
  }

  function readMatchers(name: string): (sample: Sample) => boolean {
    const matchers: ((labels: Sample['labels']) => boolean)[] = [];
    if (takes('{') !== null) {
      while (peek() !== '}') {
        const [label, operator, wanted] = [take(), take(), JSON.parse(take()) as string];
        const pattern = new RegExp(`^(?:${wanted})$`);
        matchers.push((labels) => {
          const value = labels[label] ?? '';
          const isIt = operator.endsWith('~') ? pattern.test(value) : value === wanted;
          return operator.startsWith('!') ? !isIt : isIt;
        });
        takes(',');
      }
      take('}');
    }
    return (sample) => sample.name === name && matchers.every((matches) => matches(sample.labels));
  }

  const query = readAnd();
  if (next < tokens.length) throw new Error(`${peek()} was not wanted in ${text}`);
  return (scrapes, at) => vector(query(scrapes, at));
}

function vector(value: Value): readonly Element[] {
  if (typeof value === 'number') throw new Error('a vector was wanted, not a number');
  return value;
}

const keyOf = ({ labels }: { readonly labels: Element['labels'] }): string =>
  JSON.stringify(Object.entries(labels).sort());

function partnerOf(element: Element, other: Value): number | undefined {
  return typeof other === 'number' ? other : other.find((one) => keyOf(one) === keyOf(element))?.value;
}

function compares(left: number, operator: string, right: number): boolean {
  switch (operator) {
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
    case '==':
      return left === right;
    default:
      return left !== right;
  }
}

export interface Rule {
  readonly name: string;
  readonly expression: string;
  readonly forMs: number;
}

/** The rules of a file like `docs/alerts.yml`, in its order. */
export function readRules(text: string): readonly Rule[] {
  return text
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => {
      const [, name = '', expression = '', wait = ''] = /^(\w+)\n {8}expr: (.+)\n {8}for: (\w+)\n/.exec(rule) ?? [];
      return { name, expression, forMs: durationMs(wait) };
    });
}

/** Whether the rule fires at the last of these scrapes, having been looked at after each. */
export function fires({ expression, forMs }: Rule, scrapes: readonly Scrape[]): boolean {
  const query = readQuery(expression);
  let active = new Map<string, number>();
  for (const { at } of scrapes) {
    const before = active;
    active = new Map(query(scrapes, at).map((element) => [keyOf(element), before.get(keyOf(element)) ?? at]));
  }
  const now = scrapes.at(-1)?.at ?? 0;
  return [...active.values()].some((since) => now - since >= forMs);
}
