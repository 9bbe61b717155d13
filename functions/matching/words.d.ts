declare module 'stopword' {
  /** English stop words, lower case. */
  export const eng: string[];
}
declare module 'wink-porter2-stemmer' {
  /** Porter2 stem of a lower-case English word. */
  export default function stem(word: string): string;
}
