const CJK = /[\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]/;
const CJK_RUNS =
  /([\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]+(?:[\s・]+[\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]+)*)/;

/** `ja` for words in Japanese script: they take the Mincho face and are never set in italics. */
export function scriptOf(words: string): 'ja' | undefined {
  return CJK.test(words) ? 'ja' : undefined;
}

/** Words inside a sentence of ours: each run of Japanese script is marked as such. */
export function Text({ children }: { children: string }) {
  if (!CJK.test(children)) return <>{children}</>;
  return <>{children.split(CJK_RUNS).map((part, i) => (i % 2 ? <span lang="ja">{part}</span> : part))}</>;
}

/** A person's name or words, kept from turning the direction of the sentence around it. */
export function Name({ children }: { children: string }) {
  return <bdi lang={scriptOf(children)}>{children}</bdi>;
}
