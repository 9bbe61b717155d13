/** Words that came into use after the word vectors were made (2014), and older words that tell what they are. */
export const newerWords: Record<string, string[]> = Object.fromEntries(
  `airpods: headphones apple; alexa: amazon voice assistant; ansible: server configuration automation; binance: bitcoin exchange
bitcoin: currency digital; blockchain: bitcoin ledger cryptography; brexit: referendum britain european withdrawal
chatbot: conversation software robot; chatgpt: artificial intelligence conversation software; coronavirus: virus pandemic epidemic
covid: virus pandemic epidemic; cryptocurrency: bitcoin currency digital; cybersecurity: security hackers computer
deepfake: video fake manipulated; deno: javascript runtime server; devops: software deployment server; docker: server software container
elixir: programming language erlang; ethereum: bitcoin currency digital; flask: python web framework; fediverse: network social server
fintech: banking technology finance; fortnite: game multiplayer shooter; golang: programming language compiler
gpt: artificial intelligence language; graphql: query api database; instagram: photos facebook twitter; keto: diet carbohydrate
kotlin: java programming language; kubernetes: server cluster software deployment; llm: language artificial intelligence
lockdown: quarantine pandemic curfew; mastodon: network social server; microservices: software server architecture
metaverse: virtual reality avatar; neobank: bank online; nft: bitcoin collectible digital; nixos: linux distribution package
node.js: javascript server; numpy: python numerical; openai: artificial intelligence company; parkrun: running race weekly
podcast: radio audio episodes; postgresql: database sql; pytorch: neural learning python; quarantine: isolation epidemic
serverless: server cloud hosting; smartwatch: watch wearable smartphone; snapchat: photos messaging facebook
spotify: music streaming; svelte: javascript web; swiftui: apple programming interface; tensorflow: neural learning python
terraform: server cloud configuration; tesla: electric car manufacturer; tiktok: video videos facebook youtube
typescript: javascript programming; uber: taxi drivers passengers; vaping: smoking cigarettes nicotine; vuejs: javascript web
vue: javascript web; webassembly: browser compiler javascript; whatsapp: messaging phone facebook; zoom: video conference online
zig: compiler programming language; c++: programming compiler software; c#: programming microsoft software
.net: microsoft programming software; longevity: lifespan ageing; glamping: camping luxury; pickleball: tennis badminton
ebike: bicycle electric; escooter: scooter electric; permaculture: gardening organic sustainable; upcycling: recycling reuse`
    .split(/[;\n]/)
    .map((line) => line.split(':').map((part) => part.trim()))
    .map(([word = '', told = '']) => [word, told.split(' ')]),
);
