/**
 * Splitting SQL into statements, as the HTTP drivers need them: one at a time.
 * @module
 */

/** What a statement may hold that hides a semicolon: comments, quotes of each kind, dollar quotes. */
const TOKEN = /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$|;/g;

/** One part of a statement: code, or a quoted text that has to stay as it is. */
export interface Part {
  readonly kind: "code" | "quoted" | "body";
  readonly text: string;
}

/** The statements of a text, each as parts; comments are left out. */
export function splitSql(sql: string): Part[][] {
  const statements: Part[][] = [];
  let parts: Part[] = [];
  let at = 0;
  const code = (to: number) => {
    if (to > at) parts.push({ kind: "code", text: sql.slice(at, to) });
  };
  const end = () => {
    if (parts.some(({ kind, text }) => kind !== "code" || text.trim() !== "")) statements.push(parts);
    parts = [];
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const [token, tag] = match;
    code(match.index);
    if (token === ";") {
      end();
    } else if (token === "/*") {
      TOKEN.lastIndex = endOfComment(sql, TOKEN.lastIndex);
    } else if (tag !== undefined) {
      const close = sql.indexOf(token, TOKEN.lastIndex);
      if (close < 0) throw new SyntaxError(`a text quoted by ${token} has no end`);
      TOKEN.lastIndex = close + token.length;
      parts.push({ kind: "body", text: sql.slice(match.index, TOKEN.lastIndex) });
    } else if (!token.startsWith("--")) {
      parts.push({ kind: "quoted", text: token });
    }
    at = TOKEN.lastIndex;
  }
  code(sql.length);
  end();
  return statements;
}

/** A statement on as few bytes as keep its meaning: white space folded, comment lines of bodies left out. */
export function compact(parts: readonly Part[]): string {
  return parts
    .map(({ kind, text }) => {
      if (kind === "code") return text.replace(/\s+/g, " ");
      return kind === "body" ? text.replace(/^\s*--.*\n/gm, "").replace(/^ +/gm, "") : text;
    })
    .join("")
    .trim();
}

function endOfComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 1;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  throw new SyntaxError("a comment has no end");
}
