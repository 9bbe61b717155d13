declare module 'stopword' {
  /** Stop words of one language, lower case. */
  type StopWords = string[];
  export const eng: StopWords;
  export const deu: StopWords;
  export const fra: StopWords;
  export const ita: StopWords;
  export const nld: StopWords;
  export const por: StopWords;
  export const spa: StopWords;
  export const swe: StopWords;
}
declare module 'wink-porter2-stemmer' {
  /** Porter2 stem of a lower-case English word. */
  export default function stem(word: string): string;
}
/** Its own types lean on packages that it has bundled into itself. */
declare module '@energetic-ai/core' {
  export interface GraphModel {
    executeAsync: unknown;
  }
  /** Where the `.wasm` files lie; the path ends with a slash. */
  export function setWasmPaths(folder: string): void;
  export function loadGraphModel(url: string): Promise<GraphModel>;
}
