import { describe, expect, test } from 'vitest';
import { htmlLines, textLines } from '../../functions/mail/lines.ts';

const texts = (html: string) => htmlLines(html).map(({ text }) => text);

describe('the lines of HTML', () => {
  test('end where a reader sees them end', () => {
    expect(texts('<div>a <b>b</b></div><div>c<br>d</div><p>e</p><p>f</p>')).toEqual([
      'a b',
      'c',
      'd',
      '',
      'e',
      '',
      'f',
      '',
    ]);
    expect(texts('a<br><br><br><br>b')).toEqual(['a', '', 'b']);
    expect(texts('<table><tr><td>a</td><td>b</td></tr></table>')).toEqual(['a', 'b', '']);
  });

  test('hold a header of a table together', () => {
    expect(texts('<tr><th>Subject: </th><td>Swifts</td></tr><tr><th>From: </th><td>Ada</td></tr>')).toEqual([
      'Subject: Swifts',
      'From: Ada',
    ]);
  });

  test('are those of the source where white space counts', () => {
    expect(texts('<pre>a\nb</pre><div style="white-space: pre-wrap">c\r\nd</div><div>e\nf</div>')).toEqual([
      'a',
      'b',
      '',
      'c',
      'd',
      'e f',
    ]);
  });

  test.each([
    '<p style="display:none">secret</p>',
    '<p style="DISPLAY : none !important">secret</p>',
    '<p hidden>secret</p>',
    '<p style="visibility:hidden">secret</p>',
    '<div style="max-height:0px;overflow:hidden"><span>secret</span></div>',
    '<div style="font-size:1px">secret</div>',
    '<div style="opacity:0">secret</div>',
    '<script>secret</script>',
    '<style>secret</style>',
    '<head><title>secret</title></head>',
    '<!-- secret -->',
    '<!--[if mso]><p>secret</p><![endif]-->',
    '<svg><text>secret</text></svg>',
    '<div class="gmail_signature" dir="ltr">secret</div>',
  ])('hold nothing that is not seen: %s', (html) => {
    expect(texts(`${html}<p>seen</p>`).join('')).toBe('seen');
  });

  test.each([
    '<!--[if !mso]><!--><p>seen</p><!--<![endif]-->',
    '<td style="font-size:0"><div style="font-size:13px">seen</div></td>',
    '<p style="opacity:0.9">seen</p>',
    '<head><meta charset="utf-8"><body>seen',
    '<p style="display:none">x<p>seen',
    '<a =x href=1>seen',
    '&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847;&zwnj;seen',
  ])('hold what is seen: %s', (html) => {
    expect(texts(html).join('')).toBe('seen');
  });

  test('are without references to characters', () => {
    expect(
      texts('&lt;b&gt; &amp;amp; &auml;&#228;&#xe4; &#146; &hellip; &nosuch; &copy=1 &#0;&#x110000;'),
    ).toEqual(['<b> &amp; äää ’ … &nosuch; &copy=1 \ufffd\ufffd']);
  });

  test('know their links, and how large they are written', () => {
    const html =
      '<h1><a href="https://a.example/?a=1&amp;b=2">One <br>and two</a></h1><p><a href="mailto:x@y">x</a> <a href="https://a.example/3"><img></a></p>';
    expect(htmlLines(html).flatMap(({ links }) => links)).toEqual([
      { url: 'https://a.example/?a=1&b=2', text: 'One and two', label: 'One and two', size: 32 },
    ]);
  });

  test('are bounded', () => {
    expect(htmlLines('<p>x'.repeat(100_000)).length).toBeLessThanOrEqual(20_000);
    const links = htmlLines('<a href="https://a.example/">x</a>'.repeat(10_000)).flatMap(
      (line) => line.links,
    );
    expect(links).toHaveLength(2_000);
  });
});

describe('the lines of a text', () => {
  test.each([
    ['See https://a.example/b.', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['https://a.example/b_(c)', 'https://a.example/b_(c)'],
    ['<https://a.example/b>', 'https://a.example/b'],
    ['[https://a.example/b]', 'https://a.example/b'],
    ['«https://a.example/b»,', 'https://a.example/b'],
    ['*https://a.example/b*', 'https://a.example/b'],
  ])('know their addresses: %s', (text, url) => {
    expect(textLines(text).flatMap(({ links }) => links.map((link) => link.url))).toEqual([url]);
  });

  test('have at most one empty line between them', () => {
    expect(textLines('\n\na\r\n \n\t\n\nb\n\n\n').map(({ text }) => text)).toEqual(['a', '', 'b', '']);
  });
});
