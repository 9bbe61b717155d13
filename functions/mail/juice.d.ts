/** Its entry without a file system and a network; only what is called here. */
declare module 'juice/client' {
  const juice: {
    /** The HTML with what `css` says of each element in its `style`. */
    inlineContent(html: string, css: string): string;
  };
  export default juice;
}
