/** A metric as an app shows it. */
export interface ShownMetric {
  readonly type: string;
  /** Of its samples; none when it has no sample yet. */
  readonly labels: ReadonlySet<string>;
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/** Metrics by name, from Prometheus's text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function shownMetrics(text: string): ReadonlyMap<string, ShownMetric> {
  const shown = new Map<string, { type: string; labels: Set<string> }>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type) shown.set(type[1]!, { type: type[2]!, labels: new Set() });
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line);
    if (!sample) continue;
    const metric = shown.get(baseOf(sample[1]!, shown));
    for (const [, label] of (sample[2] ?? '').matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g))
      metric?.labels.add(label!);
  }
  return shown;
}

/** The metric that a name in an expression belongs to: a histogram is asked for by its parts. */
export function baseOf(name: string, shown: ReadonlyMap<string, { readonly type: string }>): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  const type = shown.get(base)?.type;
  return type !== undefined && PARTS[type]?.some((part) => base + part === name) ? base : name;
}
