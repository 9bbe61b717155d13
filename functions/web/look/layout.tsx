import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { Corridor, Mark } from './icons.tsx';
import { StampSheet } from './stamp.tsx';

export type Place = 'today' | 'library' | 'notes' | 'friends' | 'settings';
/** Files under `/assets`; a page works without them. */
export type Script = 'letter' | 'save' | 'import';

const PLACES: readonly { place: Place; href: string; name: string }[] = [
  { place: 'today', href: '/', name: 'Today' },
  { place: 'library', href: '/library', name: 'Library' },
  { place: 'notes', href: '/notes', name: 'Notes' },
  { place: 'friends', href: '/friends', name: 'Friends' },
  { place: 'settings', href: '/settings', name: 'Settings' },
];

interface SheetProps {
  title: string;
  kind?: 'pop' | 'guest' | 'door-page';
  script?: Script | undefined;
  skip?: string;
  children: Child;
}

function Html({ title, kind, script, skip = 'Skip to content', children }: SheetProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title}</title>
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
          {kind !== 'guest' && (
            <>
              <link rel="apple-touch-icon" href="/assets/icon-192.png" />
              <link rel="manifest" href="/manifest.webmanifest" />
            </>
          )}
          <link rel="stylesheet" href="/assets/style.css" />
          {script && <script src={`/assets/${script}.js`} defer />}
        </head>
        <body class={kind}>
          <a class="skip" href="#main">
            {skip}
          </a>
          {children}
        </body>
      </html>
    </>
  );
}

/** A page behind the door. `current` is its place in the bar. */
export function Page(props: { title: string; current?: Place; script?: Script; children: Child }) {
  return (
    <Html title={`${props.title} · Hallway`} script={props.script}>
      <StampSheet />
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          <span>Hallway</span>
        </a>
        <nav aria-label="Main">
          {PLACES.map(({ place, href, name }) => (
            <a href={href} aria-current={place === props.current ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main id="main">{props.children}</main>
    </Html>
  );
}

/** The small window the bookmarklet opens. `aside` is the word at its top right: "Saved". */
export function Popup(props: { title: string; aside?: Child; script?: Script; children: Child }) {
  return (
    <Html title={`${props.title} · Hallway`} kind="pop" script={props.script} skip="Skip to the letter">
      <StampSheet />
      <div class="pop-top">
        <a class="brand" href="/" target="_blank" rel="noopener">
          <Mark />
          <span>Hallway</span>
        </a>
        {props.aside && <p class="meta">{props.aside}</p>}
      </div>
      <main id="main">{props.children}</main>
    </Html>
  );
}

/** A page for a friend, who has no account: no way into Hallway, nothing private. */
export function Guest(props: { title: string; children: Child }) {
  return (
    <Html title={props.title} kind="guest">
      <main id="main">
        {props.children}
        <p class="guest-foot meta">
          <Mark />
          <span>Hallway carries letters between friends. Nothing on this page follows you.</span>
        </p>
      </main>
    </Html>
  );
}

/** A page before the door: sign in, and what can go wrong there. */
export function Door(props: { title: string; script?: Script; children: Child }) {
  return (
    <Html title={`${props.title} · Hallway`} kind="door-page" script={props.script}>
      <main id="main">
        <Corridor />
        <div>
          <p class="brand">
            <Mark />
            <span>Hallway</span>
          </p>
          {props.children}
        </div>
      </main>
    </Html>
  );
}
