import { Readability } from '@mozilla/readability';
import { JSDOM, VirtualConsole } from 'jsdom';

/** What the benchmark asks of the peer, a process of its own: so its memory is its own, too. */
export interface PeerQuestion {
  html: string;
  url: string;
}
export type PeerAnswer = { ms: number; words: number; peakMb: number } | { error: string };

const silent = new VirtualConsole();

function read({ html, url }: PeerQuestion): PeerAnswer {
  try {
    const from = performance.now();
    const { window } = new JSDOM(html, { url, virtualConsole: silent });
    const text = new Readability(window.document).parse()?.textContent ?? '';
    const ms = performance.now() - from;
    window.close();
    return {
      ms,
      words: text.split(/\s+/).filter(Boolean).length,
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (question: PeerQuestion) => process.send?.(read(question)));
