/** One use of a metric in an expression. */
export interface MetricUse {
  readonly name: string;
  /** Labels that it is selected by. */
  readonly labels: readonly string[];
}

const OPERATORS = new Set(['and', 'or', 'unless', 'on', 'ignoring', 'bool', 'offset']);
const FUNCTIONS = new Set([
  ...['sum', 'max', 'min', 'avg', 'count', 'abs', 'time', 'vector'],
  ...['rate', 'increase', 'histogram_quantile'],
]);
const GROUPING = /\b(?:by|without)\s*\(([^)]*)\)/g;
const RANGE = /\[\d+(?:ms|[smhdwy])\]/g;
const TEXT = /"(?:[^"\\]|\\.)*"/g;
/** A name that does not go on a number, with the selector or the bracket that follows. */
const NAME = /(?<![\w.:])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/g;
const MATCHERS = /^\{(?:\s*\w+\s*(?:=~|!~|!=|=)\s*""\s*(?:,|(?=\})))*\}$/;
/** What is left once names, selectors, texts and ranges are taken out. */
const REST = /^[\d.\s()+\-*/%^<>=!,]*$/;

function assertBalanced(expression: string): void {
  let depth = 0;
  for (const sign of expression) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new Error(`brackets do not match: ${expression}`);
}

function labelsOf(selector: string, expression: string): string[] {
  if (selector === '') return [];
  if (!MATCHERS.test(selector)) throw new Error(`not a selector, ${selector}: ${expression}`);
  return [...selector.matchAll(/\w+/g)].map(([label]) => label);
}

/**
 * Finds the metrics that an expression of PromQL reads, with the labels that select or group them. Knows the part of the
 * language that our documents use; the rest is refused rather than passed over.
 *
 * @returns Each use, and the labels of every `by` and `without` together.
 * @throws {Error} If it is malformed, or uses something that is not known here.
 */
export function metricsIn(expression: string): { uses: MetricUse[]; grouping: string[] } {
  const grouping = [...expression.matchAll(GROUPING)].flatMap(([, labels = '']) => labels.split(/\s*,\s*/));
  const bare = expression.replaceAll(TEXT, '""').replaceAll(GROUPING, ' ').replaceAll(RANGE, ' ');
  assertBalanced(bare);
  const rest = bare.replaceAll(NAME, (whole) => (whole.endsWith('(') ? '(' : ' '));
  if (!REST.test(rest)) throw new Error(`not PromQL that is known here: ${expression}`);
  const uses = [...bare.matchAll(NAME)].flatMap(([, name = '', after = '']) => {
    if (OPERATORS.has(name)) return [];
    if (after !== '(') return [{ name, labels: labelsOf(after, expression) }];
    if (!FUNCTIONS.has(name)) throw new Error(`${name} is no function that is known here: ${expression}`);
    return [];
  });
  return { uses, grouping };
}
