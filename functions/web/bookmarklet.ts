import { MAX_SELECTION } from '../articles/article.ts';

/**
 * The code behind the bookmark: opens our window with the page's address, title and selection in the fragment, so that
 * they reach no log and no header limit. One synchronous `window.open`, or the browser takes it for an unwanted popup;
 * no remote script, so a page's CSP has nothing to refuse. A selection cut within a character would make
 * `encodeURIComponent` throw, and the bookmark do nothing.
 */
export function bookmarklet(baseUrl: string, key: string): string {
  const code = `(function(){function e(t){return encodeURIComponent(t.toWellFormed())}var s=String(window.getSelection()).slice(0,${MAX_SELECTION});window.open(${JSON.stringify(
    `${baseUrl}/save#`,
  )}+'u='+e(location.href)+'&t='+e(document.title)+'&s='+e(s)+'&k='+${JSON.stringify(key)},'hallway','popup,width=520,height=680')})()`;
  return `javascript:${encodeURIComponent(code)}`;
}
