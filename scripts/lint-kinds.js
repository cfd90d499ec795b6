/**
 * A lint rule: a switch over an enumeration of kinds has no `default`.
 *
 * With one, a kind that is added later gets the answer of all others, and no tool says so; without one, tsc and
 * switch-exhaustiveness-check name the place. Owns the list of these enumerations. A switch is one over kinds if the type
 * of what it tests has one of the names, or if a case is a member of one (`case TypeKind.int`).
 */

/** Unions whose members are kinds. */
const KINDS = new Set(['TypeKind', 'ValueKind', 'SimpleType', 'FloatBits', 'FloatSize', 'Rep', 'W', 'WKind', 'Class']);

/** Unions of records whose `kind` is one. */
const RECORDS = new Set(['Shape']);

const aliasOf = (type) => type.aliasSymbol?.name;

/** Name of the enumeration that `node`, a switch, is over, or undefined. */
function kindsOf(node, services) {
  const { discriminant, cases } = node;
  const alias = aliasOf(services.getTypeAtLocation(discriminant));
  if (KINDS.has(alias)) return alias;
  if (discriminant.type === 'MemberExpression') {
    const record = aliasOf(services.getTypeAtLocation(discriminant.object));
    if (RECORDS.has(record)) return record;
  }
  for (const { test } of cases) {
    if (test?.type === 'MemberExpression' && KINDS.has(test.object.name)) return test.object.name;
  }
  return undefined;
}

export const kindSwitches = {
  meta: {
    type: 'problem',
    messages: { named: 'A switch over {{kinds}} names every member: no default, so that a new one is an error here.' },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    return {
      SwitchStatement(node) {
        const other = node.cases.find(({ test }) => test === null);
        if (other === undefined) return;
        const kinds = kindsOf(node, services);
        if (kinds !== undefined) context.report({ node: other, messageId: 'named', data: { kinds } });
      },
    };
  },
};
