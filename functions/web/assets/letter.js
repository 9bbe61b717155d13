// Everything here is a help: without it, each form and page works as it stands.

const STILL_HERE = 'Not saved yet. Your words are still here.';
const SLOW_MS = 10_000;
const PREFIX = 'hallway-letter:';

/** One letter's words, on whichever page it is written: what it is on, to whom, in which box. */
function keyOf(box) {
  const { action, elements } = box.form;
  const about = ['articleId', 'friendId', 'version'].map((name) => elements.namedItem(name)?.value ?? '');
  return PREFIX + [new URL(action).pathname, ...about, box.name].join(' ');
}

const boxes = [...document.querySelectorAll('form[method="post"] textarea:not([readonly])')];

function say(form, words) {
  let status = form.querySelector('.js-status');
  if (!status) {
    status = document.createElement('p');
    status.className = 'say pencil js-status';
    status.setAttribute('role', 'status');
    form.append(status);
  }
  status.textContent = words;
}

function hold(form, held) {
  for (const button of form.querySelectorAll('button')) button.disabled = held;
}

// The words stay in this tab until a page says that the letter is written down.
try {
  if (document.querySelector('[data-written]')) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
  for (const box of boxes) {
    const key = keyOf(box);
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    // Only over what the words were typed over: what the server says since then is newer.
    if (kept && box.value === kept.over && kept.words !== kept.over) {
      box.value = kept.words;
      say(box.form, STILL_HERE);
    }
    box.addEventListener('input', () => {
      sessionStorage.setItem(key, JSON.stringify({ over: box.defaultValue, words: box.value }));
    });
  }
} catch {
  // A browser without storage: the box itself holds the words.
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  if (navigator.onLine === false) {
    event.preventDefault();
    say(form, STILL_HERE);
    return;
  }
  // After the form is read: a button that is off when it is read is not part of it.
  setTimeout(() => hold(form, true));
  // Not on again by itself: a slow answer may still come, and pressed again the letter would be written twice.
  if (form.querySelector('textarea')) setTimeout(() => say(form, STILL_HERE), SLOW_MS);
});

// Back from the next page, out of the browser's memory.
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) hold(form, false);
});

for (const button of document.querySelectorAll('.js-copy, .js-share')) {
  const words = document.getElementById(button.dataset.from);
  const able = button.matches('.js-copy') ? navigator.clipboard : navigator.share;
  if (!words || !able) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      if (button.matches('.js-share')) await navigator.share({ text: words.value });
      else {
        await navigator.clipboard.writeText(words.value);
        button.parentElement.querySelector('[role=status]').textContent = 'Copied.';
      }
    } catch {
      // Turned down by the person or the browser: the words can still be marked and copied by hand.
      words.select();
    }
  });
}

for (const count of document.querySelectorAll('.count')) {
  const leaves = Date.now() + Number(count.dataset.seconds) * 1000;
  const left = document.createElement('span');
  count.append(left);
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((leaves - Date.now()) / 1000));
    left.textContent = seconds;
    if (seconds > 0) setTimeout(tick, 250);
  };
  tick();
}

// A window can close itself only if a page opened it.
const close = document.querySelector('.js-close');
if (close && window.opener) {
  close.hidden = false;
  close.addEventListener('click', () => window.close());
}
