/**
 * Reads Prometheus' text format and finds fault with it, as `promtool check metrics` does: the format itself for every
 * family, the naming conventions for those that are ours.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ · https://prometheus.io/docs/practices/naming/
 */
export interface Family {
  readonly name: string;
  readonly type: string | null;
  readonly help: string | null;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const labelPattern = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** @throws for a line that is none of the format */
export function readExposition(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families: { name: string; type: string | null; help: string | null; samples: Sample[] }[] = [];
  const open = (name: string) => {
    const last = families.at(-1);
    if (last?.name === name) return last;
    const family = { name, type: null, help: null, samples: [] };
    families.push(family);
    return family;
  };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, described = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') open(described).help = rest;
    else if (kind === 'TYPE') open(described).type = rest;
    else if (!line.startsWith('#')) {
      const sample = readSample(line);
      const last = families.at(-1);
      const isOfLast = last !== undefined && suffixesOf(last.type).some((suffix) => last.name + suffix === sample.name);
      (isOfLast ? last : open(sample.name)).samples.push(sample);
    }
  }
  return families;
}

function readSample(line: string): Sample {
  const [, name, labelText = '', valueText = ''] = samplePattern.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of labelText.matchAll(labelPattern)) {
    const [, label = '', value = ''] = match;
    if (label in labels) throw new Error(`the label ${label} comes twice: ${line}`);
    labels[label] = value;
    end = match.index + match[0].length;
  }
  if (end !== labelText.length) throw new Error(`labels that cannot be read: ${line}`);
  const value = /^[+-]Inf$/.test(valueText) ? Number(valueText.replace('Inf', 'Infinity')) : Number(valueText);
  // Numbers are read as Go reads them, which ignores the case.
  if (Number.isNaN(value) && !/^nan$/i.test(valueText)) throw new Error(`not a number: ${line}`);
  return { name, labels, value };
}

function suffixesOf(type: string | null): readonly string[] {
  switch (type) {
    case 'histogram':
      return ['_bucket', '_sum', '_count'];
    case 'summary':
      return ['', '_sum', '_count'];
    default:
      return [''];
  }
}

/** The mistakes, one line each; the naming conventions apply to names that begin with `ours`. */
export function lint(text: string, ours: string): readonly string[] {
  const families = readExposition(text);
  const twice = families.filter(({ name }, index) => families.findIndex((other) => other.name === name) !== index);
  return [
    ...twice.map(({ name }) => `${name}: comes in two places`),
    ...families.flatMap((family) => formFaults(family).map((fault) => `${family.name}: ${fault}`)),
    ...families
      .filter(({ name }) => name.startsWith(ours))
      .flatMap((family) => namingFaults(family).map((fault) => `${family.name}: ${fault}`)),
  ];
}

function formFaults({ type, help, samples }: Family): string[] {
  const faults: string[] = [];
  if (help === null || help === '') faults.push('has no HELP');
  if (type === null || !['counter', 'gauge', 'histogram', 'summary'].includes(type)) faults.push('has no TYPE');
  const series = samples.map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
  if (new Set(series).size < series.length) faults.push('has a series twice');
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) faults.push('counts below zero');
  if (samples.some(({ labels }) => Object.keys(labels).some((label) => label.startsWith('__'))))
    faults.push('has a label that is reserved');
  return type === 'histogram' ? [...faults, ...histogramFaults(samples)] : faults;
}

function histogramFaults(samples: readonly Sample[]): string[] {
  const withoutBound = ({ labels: { le: _le, ...labels } }: Sample) => JSON.stringify(Object.entries(labels).sort());
  const faults = [...Map.groupBy(samples, withoutBound).values()].flatMap((series) => {
    const end = (suffix: string) => series.filter(({ name }) => name.endsWith(suffix));
    const buckets = end('_bucket').map(({ labels, value }) => ({
      bound: Number(labels.le?.replace('Inf', 'Infinity')),
      value,
    }));
    const [count, sum] = [end('_count'), end('_sum')];
    const found: string[] = [];
    if (count.length !== 1 || sum.length !== 1) found.push('has no count or no sum');
    if (buckets.at(-1)?.bound !== Infinity) found.push('has no bucket +Inf');
    if (buckets.at(-1)?.value !== count[0]?.value) found.push('counts otherwise than its last bucket');
    const rises = (key: 'bound' | 'value') =>
      buckets.every((bucket, index) => index === 0 || bucket[key] >= (buckets[index - 1]?.[key] ?? Number.NaN));
    if (!rises('bound') || !rises('value')) found.push('has buckets that do not rise');
    return found;
  });
  return [...new Set(faults)];
}

function namingFaults({ name, type, samples }: Family): string[] {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) faults.push('is not in snake_case');
  if (name.endsWith('_total') !== (type === 'counter')) faults.push('ends in _total, or not, unlike a counter');
  if (/_(count|sum|bucket|info)$/.test(name) && !(type === 'gauge' && name.endsWith('_info')))
    faults.push('ends like a part of a histogram');
  if (/_(milliseconds?|ms|minutes?|hours?|days?|kilobytes?|kb|megabytes?|mb|percent|second|byte)(_|$)/.test(name))
    faults.push('is not in a base unit');
  if (/_(counter|gauge|histogram|summary)(_|$)/.test(name)) faults.push('has its type in its name');
  if (type === 'histogram' && !/_(seconds|bytes)$/.test(name)) faults.push('has no unit');
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  if (type !== 'histogram' && (labels.has('le') || labels.has('quantile'))) faults.push('has a label of histograms');
  if ([...labels].some((label) => !/^[a-z]+(_[a-z]+)*$/.test(label))) faults.push('has a label not in snake_case');
  if ([...labels].some((label) => label !== 'le' && name.split('_').includes(label)))
    faults.push('has a label in its name');
  return faults;
}
