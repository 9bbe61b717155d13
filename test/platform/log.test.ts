import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aboutOf, failure, log, withAbout } from '../../functions/platform/log.ts';
import { tell } from '../../functions/platform/metrics.ts';

let written: string[];

beforeEach(() => {
  written = [];
  // Errors go to the second.
  for (const out of [process.stdout, process.stderr]) {
    vi.spyOn(out, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  }
  log.setLogLevel('INFO');
});
afterEach(() => {
  log.setLogLevel('SILENT');
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const lines = () => written.map((line) => JSON.parse(line));

describe('a log line', () => {
  test('says what the work under way is about, however deep, and whatever else goes on', async () => {
    const work = (note: string) =>
      withAbout({ user: 'usr_1' }, () =>
        withAbout({ note }, async () => {
          await Promise.resolve();
          log.info('note attempted', { outcome: 'accepted' });
        }),
      );
    await Promise.all([work('nte_1'), work('nte_2')]);
    log.info('tick');
    expect(lines()).toMatchObject([
      { level: 'INFO', message: 'note attempted', user: 'usr_1', note: 'nte_1', outcome: 'accepted' },
      { user: 'usr_1', note: 'nte_2' },
      { message: 'tick', service: 'hallway' },
    ]);
    expect(lines()[2]).not.toHaveProperty('user');
  });

  test('tells the kind and place of a failure, and never its words', () => {
    log.error('message failed', { ...failure(new TypeError('grace@example.org is no number')) });
    expect(lines()).toMatchObject([{ name: 'TypeError', at: expect.stringContaining('log.test.ts') }]);
    expect(written.join()).not.toContain('grace');
  });
});

test.each([
  ['art_1', { article: 'art_1' }],
  ['frd_1', { friend: 'frd_1' }],
  ['nte_1', { note: 'nte_1' }],
  ['imp_1', { import: 'imp_1' }],
  ['x', {}],
])('a message with the id %s is about %o', (id, about) => {
  expect(aboutOf({ userId: 'usr_1', id })).toEqual({ user: 'usr_1', ...about });
});

describe('a metric', () => {
  test('is told on Lambda, as CloudWatch reads it from the log', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'tick');
    tell({ OldestDueNote: 90, NotesDue: 2 });
    tell({ NotesLeased: 1 });
    const metrics = lines().map((line) => [
      line._aws.CloudWatchMetrics[0].Namespace,
      line._aws.CloudWatchMetrics[0].Metrics,
    ]);
    expect(metrics).toEqual([
      [
        'Hallway',
        [
          { Name: 'OldestDueNote', Unit: 'Seconds' },
          { Name: 'NotesDue', Unit: 'Count' },
        ],
      ],
      ['Hallway', [{ Name: 'NotesLeased', Unit: 'Count' }]],
    ]);
    expect(lines()).toMatchObject([
      { service: 'hallway', OldestDueNote: 90, NotesDue: 2 },
      { NotesLeased: 1 },
    ]);
  });

  test('is told to nobody on one machine, whose output people read', () => {
    tell({ NotesDue: 1 });
    expect(written).toEqual([]);
  });
});
