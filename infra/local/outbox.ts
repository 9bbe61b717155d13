import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What was accepted, beside its raw message. */
const Kept = z.object({
  messageId: z.string(),
  /** Order of acceptance; times can be equal. */
  place: z.number(),
  at: z.string(),
  source: z.string(),
  destinations: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
  configurationSet: z.string().nullable(),
  /** Whether its events are wanted. */
  withEvents: z.boolean().default(true),
  /** Whether a relay was set as it came. A relay that is set later gets nothing from before. */
  forRelay: z.boolean().default(false),
});
export type Kept = z.output<typeof Kept>;

/** What becomes of a mail at a recipient. `expires`: the relay would not take it in time. */
const Fate = z.enum(['arrives', 'bounces', 'complains', 'answers-automatically', 'expires']);
export type Fate = z.output<typeof Fate>;

/** By recipient; one that is missing is not decided yet. */
const Fates = z.record(z.string(), Fate);
export type Fates = z.output<typeof Fates>;

/** Names a file only once its content is on the disk, so that a crash leaves all of it or nothing. */
async function writeDurably(dir: string, name: string, content: Buffer | string): Promise<void> {
  const draft = join(dir, `${name}.new`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(dir, name));
}

/** A rename is on the disk once its folder is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readRecord<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is no record of a mail. Move it away.`, { cause });
  }
}

export type Outbox = Awaited<ReturnType<typeof openOutbox>>;

/** The mail on disk. The raw message first, its record last: with the record it is accepted. */
export async function openOutbox(dir: string) {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = new Set(await readdir(dir));
  const found: Kept[] = [];
  for (const name of names) {
    if (name.endsWith('.json')) found.push(await readRecord(join(dir, name), Kept));
    const isDraft =
      name.endsWith('.new') || (name.endsWith('.eml') && !names.has(`${name.slice(0, -4)}.json`));
    if (isDraft) await rm(join(dir, name));
  }
  const mails = new Map(found.toSorted((a, b) => a.place - b.place).map((kept) => [kept.messageId, kept]));
  const untold: { mail: Kept; fates: Fates }[] = [];
  for (const mail of mails.values()) {
    if (names.has(`${mail.messageId}.told`)) continue;
    const mark = `${mail.messageId}.relayed`;
    untold.push({ mail, fates: names.has(mark) ? await readRecord(join(dir, mark), Fates) : {} });
  }
  let next = ([...mails.values()].at(-1)?.place ?? -1) + 1;
  return {
    mails,
    /** What an earlier run left undone, the oldest first, and what the relay had answered by then. */
    untold,
    raw: (messageId: string) => readFile(join(dir, `${messageId}.eml`)),
    async keep(mail: Omit<Kept, 'place'>, content: Buffer): Promise<Kept> {
      const kept = { ...mail, place: next++ };
      await writeDurably(dir, `${kept.messageId}.eml`, content);
      await writeDurably(dir, `${kept.messageId}.json`, JSON.stringify(kept));
      await syncFolder(dir);
      mails.set(kept.messageId, kept);
      return kept;
    },
    /** The relay has answered for these recipients. On the disk before anybody hears of it. */
    async relayed(messageId: string, fates: Fates): Promise<void> {
      await writeDurably(dir, `${messageId}.relayed`, JSON.stringify(fates));
      await syncFolder(dir);
    },
    /** The relay has answered for everybody, and the events of this mail are handed on. If this mark is lost they come again, which changes nothing. */
    told: (messageId: string) => writeFile(join(dir, `${messageId}.told`), ''),
  };
}
