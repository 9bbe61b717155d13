import { OPERATIONS, type Operation, pathOf, schemaOf } from '../api/openapi.ts';
import { Page } from '../look/layout.tsx';

/** A JSON Schema, as far as it is put into words. */
interface Shape {
  type?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  maxLength?: number;
  items?: Shape;
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'number',
  boolean: 'true or false',
  null: 'null',
  number: 'number',
};

/** A shape in a few words: "text", "list of text or {text, kind, until}". */
export function inWords({
  type,
  enum: choices,
  const: only,
  items,
  anyOf,
  oneOf,
  properties,
  format,
}: Shape): string {
  const several = anyOf ?? oneOf;
  if (several) return [...new Set(several.map(inWords))].join(' or ');
  if (only !== undefined) return `“${only}”`;
  if (choices) return choices.map((one) => `“${one}”`).join(', ');
  if (type === 'array') return items ? `list of ${inWords(items)}` : 'list';
  if (properties) {
    const fields = Object.entries(properties).map(([name, { const: fixed }]) =>
      fixed === undefined ? name : `${name}: “${fixed}”`,
    );
    return `{${fields.join(', ')}}`;
  }
  if (format === 'email') return 'email address';
  if (format === 'date') return 'day';
  return WORDS[type ?? ''] ?? 'anything';
}

/** The API for people: the same list that `/api/openapi.json` is made of. */
export function ApiPage({ baseUrl }: { baseUrl: string }) {
  const tags = [...new Set(OPERATIONS.map(({ tag }) => tag))];
  return (
    <Page title="For scripts">
      <div class="head">
        <h1>For scripts</h1>
      </div>
      <section class="set" aria-labelledby="begin">
        <div>
          <h2 id="begin">How to begin</h2>
          <p class="pencil">Everything the pages do, a script of yours can do.</p>
        </div>
        <div>
          <p>
            Make a token under <a href="/settings">Settings</a>, and send it with every call to{' '}
            <code>{baseUrl}/api</code>:
          </p>
          <div class="field">
            <label for="example">The first call</label>
            <textarea id="example" class="all code" readonly rows={4}>
              {`curl ${baseUrl}/api/articles \\\n  -H "Authorization: Bearer $TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d '{"url":"https://example.org/"}'`}
            </textarea>
          </div>
          <p>
            Times are in UTC, like <code>2026-11-23T09:30:00.000Z</code>. Lists come in pages: send the{' '}
            <code>cursor</code> of the last one to get the next. An <code>Idempotency-Key</code> with a POST
            has it done once, however often it is sent.
          </p>
          <p>
            What goes wrong is <code>application/problem+json</code>, with a <code>detail</code> for people
            and <code>errors</code> by field. Programs read <a href="/api/openapi.json">/api/openapi.json</a>.
          </p>
        </div>
      </section>
      {tags.map((tag) => (
        <Group tag={tag} operations={OPERATIONS.filter((one) => one.tag === tag)} />
      ))}
    </Page>
  );
}

function Group({ tag, operations }: { tag: string; operations: Operation[] }) {
  const id = tag.toLowerCase().replaceAll(' ', '-');
  return (
    <section class="set" aria-labelledby={id}>
      <div>
        <h2 id={id}>{tag}</h2>
      </div>
      <ul class="rows door-list">
        {operations.map((operation) => (
          <li>
            <One operation={operation} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ operation }: { operation: Operation }) {
  const { method, summary, body, query, answers } = operation;
  const { path, parameters } = pathOf(operation.path);
  const input = body && (schemaOf(body, 'input') as Shape);
  const asked = query && (schemaOf(query, 'input') as Shape);
  const chosen = parameters.filter(({ choices }) => choices);
  return (
    <div>
      <h3>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h3>
      <p>{summary}</p>
      {chosen.map(({ name, choices = [] }) => (
        <p class="meta">
          <code>{name}</code>: {choices.join(', ')}
        </p>
      ))}
      {asked && <p class="meta">In the address: {Object.keys(asked.properties ?? {}).join(', ')}</p>}
      {input?.properties && (
        <details>
          <summary>What it takes</summary>
          <ul>
            {Object.entries(input.properties).map(([name, shape]) => (
              <li>
                <code>{name}</code>
                {input.required?.includes(name) ? ' (needed)' : ''}: {inWords(shape)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p class="meta">Answers {Object.keys(answers).join(' or ')}.</p>
    </div>
  );
}
