import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression asks for, and the labels that it picks by. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** The labels that it groups by. */
  readonly grouping: readonly string[];
}

/** Functions of a range of time, those that are used. */
const OF_RANGES = new Set([
  'Rate',
  'Increase',
  'Deriv',
  'Changes',
  'AvgOverTime',
  'MinOverTime',
  'MaxOverTime',
]);

/**
 * Reads PromQL with the grammar of Prometheus's own pages. Of types it looks at one thing, that functions of a range
 * are given one; the rest `promtool check rules` would tell.
 *
 * @throws {Error} saying where the expression is none
 */
export function readPromql(text: string): Expression {
  // Grafana puts a duration in place of its variable.
  const expression = text.replaceAll('$__rate_interval', '1m');
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  const refuse = (at: number, why: string): never => {
    throw new Error(`${why} at character ${at} of ${expression}`);
  };
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) refuse(from, 'no PromQL');
      const part = expression.slice(from, to);
      switch (type.name) {
        case 'VectorSelector':
          selectors.push({ metric: '', labels: [] });
          break;
        case 'Identifier':
          if (node.parent?.name === 'VectorSelector') selectors.at(-1)!.metric = part;
          break;
        case 'LabelName':
          if (node.parent?.name === 'GroupingLabels') grouping.push(part);
          else if (node.parent?.name === 'UnquotedLabelMatcher') selectors.at(-1)!.labels.push(part);
          break;
        case 'FunctionIdentifier':
          if (
            OF_RANGES.has(node.firstChild!.name) &&
            node.parent!.getChild('FunctionCallBody')?.firstChild?.name !== 'MatrixSelector'
          )
            refuse(from, 'a function of a range without one');
          break;
        default:
          break;
      }
    },
  });
  return { selectors, grouping };
}
