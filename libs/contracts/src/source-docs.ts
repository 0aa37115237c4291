import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** What only the source text of a class tells: its words, and the usual type of what is not checked. */
export interface ClassDocs {
  readonly name: string;
  readonly base: string | undefined;
  /** Undefined when it has none of its own. */
  readonly doc: string | undefined;
  readonly properties: readonly PropertyDocs[];
}

export interface PropertyDocs {
  readonly name: string;
  readonly doc: string | undefined;
  /** Of a member declared `Unchecked<…>`: JSON Schema of what is usually there. */
  readonly usually: Readonly<Record<string, unknown>> | undefined;
}

type Schema = Record<string, unknown>;

/** Where the classes of the events and of what they carry are declared. */
const SOURCES = ['libs/catalog/src/objects.ts', 'libs/catalog/src/{events,own}/*.ts'];

/**
 * The classes of the catalogue by name, as their files declare them.
 *
 * @param root the checkout
 */
export function readSourceDocs(root: string): ReadonlyMap<string, ClassDocs> {
  const classes = new Map<string, ClassDocs>();
  const paths = globSync(SOURCES, { cwd: root }).filter((path) => !path.endsWith('.spec.ts'));
  for (const path of paths.sort()) {
    const text = readFileSync(join(root, path), 'utf8');
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const aliases = new Map(
      file.statements.filter(ts.isTypeAliasDeclaration).map(({ name, type }) => [name.text, type]),
    );
    for (const statement of file.statements) {
      if (!ts.isClassDeclaration(statement) || !statement.name) continue;
      const { name } = statement;
      if (classes.has(name.text)) throw new Error(`two classes of the catalogue are named ${name.text}`);
      classes.set(name.text, {
        name: name.text,
        base: baseOf(statement),
        doc: docOf(statement),
        properties: statement.members
          .filter(ts.isPropertyDeclaration)
          .map((member) => propertyOf(member, aliases)),
      });
    }
  }
  return classes;
}

function baseOf({ heritageClauses }: ts.ClassDeclaration): string | undefined {
  const extended = heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  return extended?.types[0]?.expression.getText();
}

function docOf(node: ts.Node): string | undefined {
  const [jsDoc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = jsDoc && ts.getTextOfJSDocComment(jsDoc.comment);
  return text?.replaceAll(/\s+/g, ' ').trim() || undefined;
}

function propertyOf(member: ts.PropertyDeclaration, aliases: ReadonlyMap<string, ts.TypeNode>): PropertyDocs {
  const { type } = member;
  const unchecked =
    type && ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Unchecked'
      ? type.typeArguments?.[0]
      : undefined;
  return {
    name: member.name.getText(),
    doc: docOf(member),
    usually: unchecked && schemaOf(unchecked, aliases),
  };
}

/** JSON Schema of the few forms of type that the catalogue uses. */
function schemaOf(node: ts.TypeNode, aliases: ReadonlyMap<string, ts.TypeNode>): Schema {
  const again = (inner: ts.TypeNode): Schema => schemaOf(inner, aliases);
  if (ts.isParenthesizedTypeNode(node)) return again(node.type);
  if (ts.isTypeOperatorNode(node)) return again(node.type);
  if (ts.isArrayTypeNode(node)) return { type: 'array', items: again(node.elementType) };
  if (ts.isUnionTypeNode(node)) return unionOf(node.types.map(again));
  if (ts.isLiteralTypeNode(node)) return literalOf(node);
  if (ts.isTypeLiteralNode(node)) {
    const members = node.members.filter(ts.isPropertySignature);
    const properties = members.map((member) => [member.name.getText(), again(member.type!)] as const);
    return { type: 'object', properties: Object.fromEntries(properties) };
  }
  const named = ts.isTypeReferenceNode(node) ? aliases.get(node.typeName.getText()) : undefined;
  if (named) return again(named);
  const type = KEYWORDS.get(node.kind);
  if (type !== undefined) return { type };
  throw new Error(`the contracts know no JSON Schema of the type ${node.getText()}`);
}

const KEYWORDS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.StringKeyword, 'string'],
  [ts.SyntaxKind.NumberKeyword, 'number'],
  [ts.SyntaxKind.BooleanKeyword, 'boolean'],
]);

function literalOf({ literal }: ts.LiteralTypeNode): Schema {
  if (literal.kind === ts.SyntaxKind.NullKeyword) return { type: 'null' };
  if (ts.isStringLiteral(literal)) return { type: 'string', enum: [literal.text] };
  throw new Error(`the contracts know no JSON Schema of the type ${literal.getText()}`);
}

/** Texts of a closed list are one enum; other types are side by side. */
function unionOf(parts: readonly Schema[]): Schema {
  if (parts.every((part) => part['enum'])) {
    return { type: 'string', enum: parts.flatMap((part) => part['enum'] as string[]) };
  }
  return { type: parts.map((part) => part['type']) };
}
