import { MAX_SELECTION } from '../articles/article.ts';
import { MAX_HTML_BYTES } from '../articles/words.ts';

/**
 * The code behind the bookmark: opens our window with the page's address, title and selection in the fragment, so that
 * they reach no log and no header limit. One synchronous `window.open`, or the browser takes it for an unwanted popup;
 * no remote script, so a page's CSP has nothing to refuse. A selection cut within a character would make
 * `encodeURIComponent` throw, and the bookmark do nothing.
 */
export function bookmarklet(baseUrl: string, key: string): string {
  return address(opening(baseUrl, key));
}

/**
 * The same, and hands the page as the reader sees it to our window, once it asks (`assets/save.js`). The page's HTML
 * goes to our origin alone, whatever the window shows by then; the nonce ties the answer to this press.
 */
export function bookmarkletWithText(baseUrl: string, key: string): string {
  const origin = JSON.stringify(new URL(baseUrl).origin);
  const nonce = `var n=crypto.getRandomValues(new Uint32Array(4)).join('-');`;
  const html = `var h=document.documentElement.outerHTML;if(new Blob([h]).size>${MAX_HTML_BYTES})h=null;`;
  const answer = `addEventListener('message',function f(m){if(m.source!==w||m.origin!==${origin}||!m.data||m.data.hallway!==n)return;removeEventListener('message',f);w.postMessage({hallway:n,html:h},${origin})})`;
  return address(`${nonce}var w=${opening(baseUrl, key, "+'&n='+n")};${html}${answer}`);
}

function opening(baseUrl: string, key: string, more = ''): string {
  const to = JSON.stringify(`${baseUrl}/save#`);
  return `window.open(${to}+'u='+e(location.href)+'&t='+e(document.title)+'&s='+e(s)+'&k='+${JSON.stringify(key)}${more},'hallway','popup,width=520,height=680')`;
}

function address(code: string): string {
  const encode = 'function e(t){return encodeURIComponent(t.toWellFormed())}';
  const selection = `var s=String(window.getSelection()).slice(0,${MAX_SELECTION});`;
  return `javascript:${encodeURIComponent(`(function(){${encode}${selection}${code}})()`)}`;
}
