/** Short and other names of one thing, and the words they stand for. General knowledge; lower case, without accents. */
const NAMES = `
js: javascript; es6: javascript; ts: typescript; nodejs: node.js; reactjs: react; react.js: react; vuejs: vue; vue.js: vue
angularjs: angular; golang: go; csharp: c#; cpp: c++; dotnet: .net; k8s: kubernetes; postgres: postgresql; wasm: webassembly
db: database; dbs: databases; vcs: version control; os: operating system; compsci: computer science
ml: machine learning; ai: artificial intelligence; genai: artificial intelligence; nlp: natural language processing
llm: language model; llms: language models; ui: user interface; ux: user experience; a11y: accessibility
i18n: internationalization; seo: search engine optimization; iot: internet things; vr: virtual reality; btc: bitcoin
eth: ethereum; nfts: nft; cryptocurrencies: cryptocurrency; ev: electric car; evs: electric cars; ebike: electric bike
ebikes: electric bikes; bike: bicycle; bikes: bicycles; scifi: science fiction; tv: television; hr: human resources
covid: coronavirus; covid19: coronavirus; nyc: new york; usa: america; maths: mathematics; math: mathematics
`;

export const aliases: ReadonlyMap<string, string[]> = new Map(
  NAMES.split(/[;\n]/)
    .map((line) => line.split(':').map((part) => part.trim()))
    .filter(([name, meant]) => name && meant && name !== meant)
    .map(([name = '', meant = '']) => [name, meant.split(' ')]),
);
