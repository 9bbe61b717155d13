/**
 * What `npm start -- --demo` puts into an empty database: one invented week of Ada's, her friends, what she saved and
 * what she wrote. Days are counted from the day it is loaded; "heard" and birthdays are as people say them.
 */

type FriendKey = 'grace' | 'tomasz' | 'chizuru' | 'antonia' | 'idris' | 'wanjiru' | 'hemi' | 'priya';

type ArticleKey =
  | 'mud'
  | 'piano'
  | 'cello'
  | 'lighthouse'
  | 'moss'
  | 'ghost-signs'
  | 'walls'
  | 'night-buses'
  | 'subtitles'
  | 'banknotes'
  | 'alarms'
  | 'eye-chart';

export type DemoInterest = {
  text: string;
  kind: 'topic' | 'ask' | 'never';
  /** Asks only: days from today to the day it ends. */
  until?: number;
  heard?: string;
};

export type DemoFriend = {
  key: FriendKey;
  name: string;
  /** Left out for a friend whom Ada writes to herself. */
  email?: string;
  timeZone: string;
  birthday?: string;
  interests: readonly DemoInterest[];
};

export type DemoArticle = {
  key: ArticleKey;
  url: string;
  siteName: string;
  title: string;
  byline: string;
  language: 'en';
  savedDaysAgo: number;
  image?: undefined;
  paragraphs: readonly string[];
};

export type DemoNote = {
  friend: FriendKey;
  article?: ArticleKey;
  text: string;
  /** `time` is the friend's wall time. */
  moment: { kind: 'surprise' } | { kind: 'at'; daysFromNow: number; time: string };
  outcome: 'scheduled' | 'sent' | 'sent-myself' | 'delivered' | 'held' | 'uncertain' | 'cancelled';
  /** For a note that has left, or may have: when, by the friend's own calendar and clock. */
  left?: { daysAgo: number; time: string };
};

export const demoUser = { email: 'ada@hallway.example', name: 'Ada Lindqvist', timeZone: 'Europe/London' };

export const demoFriends: readonly DemoFriend[] = [
  {
    key: 'grace',
    name: 'Grace Oyelaran',
    email: 'grace@oyelaran.example',
    timeZone: 'America/Toronto',
    birthday: '--12-09',
    interests: [
      { text: 'trail running, the muddy kind', kind: 'topic', heard: 'at lunch, 3 May' },
      {
        text: 'a flat in Lisbon with room for a piano',
        kind: 'ask',
        until: 120,
        heard: 'on the phone, 6 September',
      },
      { text: 'soups from other people’s grandmothers', kind: 'topic', heard: 'at lunch, 3 May' },
      { text: 'hand-drawn maps', kind: 'topic' },
      { text: 'marathon training plans', kind: 'never', heard: 'by email, 2 August' },
    ],
  },
  {
    key: 'tomasz',
    name: 'Tomasz Wieczorek',
    email: 'tomasz@wieczorek.example',
    timeZone: 'Europe/Warsaw',
    birthday: '1979-02-21',
    interests: [
      {
        text: 'a half-size cello',
        kind: 'ask',
        until: 45,
        heard: 'after Hania’s concert, 14 June',
      },
      { text: 'mending valve radios', kind: 'topic', heard: 'in his cellar, 15 June' },
      { text: 'rye bread', kind: 'topic' },
      { text: 'mountain huts', kind: 'topic', heard: 'by postcard, 20 August' },
      { text: 'football transfers', kind: 'never', heard: 'said twice, 15 June' },
    ],
  },
  {
    key: 'chizuru',
    name: '森 千鶴',
    email: 'chizuru@mori.example',
    timeZone: 'Asia/Tokyo',
    birthday: '--11-28',
    interests: [
      { text: 'moss gardens', kind: 'topic', heard: 'on a walk in Kyoto, 11 April' },
      { text: 'timetables of trains long gone', kind: 'topic', heard: 'over dinner, 12 April' },
      { text: 'swifts, and where they sleep', kind: 'topic' },
      { text: 'a pen friend for her English class', kind: 'ask', until: 60, heard: 'in a letter, 1 October' },
      { text: 'cherry blossom', kind: 'never', heard: 'on a walk in Kyoto, 11 April' },
    ],
  },
  {
    key: 'antonia',
    name: 'Maria Antônia de Vasconcelos Albuquerque Figueiredo e Souza',
    email: 'antonia@figueiredo.example',
    timeZone: 'America/Sao_Paulo',
    interests: [
      { text: 'ghost signs', kind: 'topic', heard: 'on a walk in Porto, 8 October' },
      { text: 'samba recordings with the coughs left in', kind: 'topic' },
      { text: 'rooftop beekeeping', kind: 'topic', heard: 'on the phone, 30 July' },
      {
        text: 'a novel her father would finish',
        kind: 'ask',
        until: 30,
        heard: 'on a walk in Porto, 8 October',
      },
      { text: 'horoscopes, even as a joke', kind: 'never' },
    ],
  },
  {
    key: 'idris',
    name: 'Idris Rowlands',
    timeZone: 'Europe/London',
    birthday: '1951-10-30',
    interests: [
      { text: 'dry stone walls', kind: 'topic', heard: 'over his gate, 19 July' },
      { text: 'brass bands', kind: 'topic' },
      { text: 'retired sheepdogs', kind: 'topic', heard: 'over his gate, 19 July' },
      { text: 'life hacks', kind: 'never', heard: 'Nerys says so, 20 July' },
    ],
  },
  {
    key: 'wanjiru',
    name: 'Wanjiru Kamau',
    email: 'wanjiru@kamau.example',
    timeZone: 'Africa/Nairobi',
    birthday: '1993-04-06',
    interests: [
      { text: 'night buses', kind: 'topic', heard: 'on one, 9 February' },
      { text: 'chess played in public', kind: 'topic' },
      { text: 'choirs that take anyone', kind: 'topic', heard: 'in a voice message, 22 August' },
      {
        text: 'a host family in Leipzig for her sister',
        kind: 'ask',
        until: 75,
        heard: 'by email, 17 September',
      },
      { text: 'productivity advice', kind: 'never', heard: 'in her first week, 4 March' },
    ],
  },
  {
    key: 'hemi',
    name: 'Hemi Parata',
    email: 'hemi@parata.example',
    timeZone: 'Pacific/Auckland',
    interests: [
      { text: 'lighthouse keepers', kind: 'topic', heard: 'on the ferry, 5 January' },
      { text: 'tide pools', kind: 'topic' },
      {
        text: 'a rowing boat he can lift alone',
        kind: 'ask',
        until: 90,
        heard: 'on the phone, 26 September',
      },
      { text: 'fishermen’s jumpers', kind: 'topic', heard: 'on the ferry, 5 January' },
      { text: 'plum jam, and arguments about it', kind: 'topic' },
    ],
  },
  {
    key: 'priya',
    name: 'Priya Raghunathan',
    email: 'priya@raghunathan.example',
    timeZone: 'Asia/Kolkata',
    birthday: '--07-17',
    interests: [
      { text: 'film subtitles', kind: 'topic', heard: 'at the cinema in Pune, 28 June' },
      { text: 'filter coffee', kind: 'topic', heard: 'at breakfast, 29 June' },
      { text: 'libraries with odd rules', kind: 'topic' },
      { text: 'stepwells', kind: 'topic', heard: 'from a photograph, 3 October' },
      { text: 'true crime', kind: 'never', heard: 'at the cinema in Pune, 28 June' },
    ],
  },
];

export const demoArticles: readonly DemoArticle[] = [
  {
    key: 'mud',
    url: 'https://wetfell.example/notes/muddy-trail-running',
    siteName: 'Wet Fell',
    title: 'Trail running for those who like it muddy',
    byline: 'Joan Tetley',
    language: 'en',
    savedDaysAgo: 8,
    paragraphs: [
      'There are two sorts of trail running. One is photographed from above at sunrise, with somebody very small on a ridge. The other is the muddy kind, and it takes place behind a tile warehouse on a Tuesday, in a jacket that gave up two winters ago. This is about the second.',
      'Mud is slow, which is its first kindness. Nobody can hold a pace in it, so nobody tries. You learn to look two steps ahead and no further: the tussock that will bear you, the dark patch that will not, the puddle with gravel at the bottom, safer than its banks. Go round a puddle and you widen it for everyone. Go through the middle and your feet are wet, which they were always going to be.',
      'The technique, so far as there is one, is to shorten the stride until it feels silly. With quick small steps your hips stay over your feet, and when a shoe slides it slides an inch instead of a yard. Arms go out. Dignity goes too. On the way down, lean a little into the slope. Everything in you will want to sit back, and sitting back is how one ends up sitting.',
      'As for shoes, the lugs matter more than the price. Deep, few and far apart, they shed clay; shallow and many, they collect it, until each foot weighs as much as a cat. Stuff them with newspaper afterwards, change the paper after an hour, and keep them away from the radiator.',
      'What goes unmentioned is how quiet it is. The trail empties at the first rain. I have met the same heron in the same ditch for three winters, and we have reached the stage where neither of us leaves. Then you come home brown to the knee and someone asks how far it was. I have stopped knowing. It was about an hour, and I fell over at the gate, and I had been laughing for some time by then.',
    ],
  },
  {
    key: 'piano',
    url: 'https://ruadireita.example/casa/piano-flat-lisbon',
    siteName: 'Rua Direita',
    title: 'How a piano gets into a Lisbon flat',
    byline: 'Helena Prata',
    language: 'en',
    savedDaysAgo: 3,
    paragraphs: [
      'The first question about a flat in Lisbon is whether it gets any sun. The second, for some of us, is whether there is room for a piano. The third, which nobody asks until the van is in the street, is how the piano will get up there. Rui Matos has answered the third question about four thousand times.',
      'Much of the old city has stairs as narrow as its plots, often seventy-five centimetres between plaster and banister, turning on themselves every eight steps. An upright is twice that and does not bend. So it goes through the window. Matos lays a beam across the roof terrace or, where the street is wide enough, parks a platform at the kerb. He takes out the sash with its frame and brings the instrument in on its back, wrapped in quilts that used to be his mother’s.',
      'Before any of that, he goes to look. He wants to know which way the joists lie, because a piano should stand across them and close to the outer side of the house, not along one plank in the middle. He wants the window measured with its shutters off. And he knocks on the door below. The trouble with a piano in a flat is seldom its weight, he says. It is the neighbour one floor down, who ought to meet the pianist before meeting the scales.',
      'What he tells tenants is dull and useful. Choose a room on the courtyard side, where the windows are larger and no tram wires hang in the way. Get it in writing who pays to put the frame back. Sniff the corners: damp is worse for a soundboard than stairs. And if two flats are otherwise equal, have the one on the first floor.',
      'He has been beaten once, by a seven-foot grand bound for the fifth floor in Alfama, up a lane a donkey would decline. The owner gave it to the parish hall instead. On Thursdays Matos looks in to hear it. It sounds well there, he says. He does not mind so much.',
    ],
  },
  {
    key: 'cello',
    url: 'https://slowstave.example/buying/half-size-cello',
    siteName: 'The Slow Stave',
    title: 'Buying a half-size cello second-hand',
    byline: 'Matthew Orrin',
    language: 'en',
    savedDaysAgo: 2,
    paragraphs: [
      'A child is the right size for a half-size cello for about two years, which is the whole case for buying one second-hand. A new instrument loses a third of its price on the drive home. An old one lost it in somebody else’s car.',
      'Measure the child, not the age. On a chair that lets both feet reach the floor, with the cello leaning back against the chest, its upper edge should meet the breastbone, the lowest peg should sit just behind the left ear, and four fingers should cover their four notes without the wrist collapsing. If they do not, go down a size and wait. Nobody ever gave up the cello because theirs was too small.',
      'Then look it over by daylight. Pass a thumb round the edge. An open seam is a small matter of glue and clamps; a crack under the foot of the bridge is not, and you should leave politely. Sight along the fingerboard as you would along a plank. Turn the pegs. They should move, and then stay where you put them, which is more than can be said for most things bought at a stranger’s kitchen table.',
      'Bring along a cellist, even a poor one, and stand at the far end of the house while they bow the open C. If it reaches you in the hall, the box is doing what it should. Then set aside money for what the seller will not mention: strings, a bow with some hair on it, a case whose straps still hold. A workshop will put all this right for less than a term of lessons.',
      'Ask, too, who had it before. The best one I ever found came from a vet with three daughters, who had sold the same cello three times, each time to the next one down, for a pound. There was a sticker of a horse inside the scroll. I did not peel it off. My son says it is the reason for the low notes.',
    ],
  },
  {
    key: 'lighthouse',
    url: 'https://northlight.example/rocks/keepers-and-their-radios',
    siteName: 'North Light',
    title: 'The lighthouse keepers who mended their own radios',
    byline: 'Catriona Begg',
    language: 'en',
    savedDaysAgo: 5,
    paragraphs: [
      'Lighthouse keepers on the outer rocks were issued with a valve radio, a box of spare valves, and nobody to repair it. Mending it was what the winter was for.',
      'My uncle Alasdair, who served on three rocks west of Scotland between 1961 and 1984, still has his notebook. The entries are brief. “Hum at teatime. Fitted capacitor from fog signal. Hum gone. Fog signal also gone. Put it back.” Then, a week later: “Hum is not so bad.”',
      'A valve set is a forgiving teacher, because you can see what it is doing. A healthy valve glows a steady orange. One that has let the air in turns milky at the top, where the silver lining has met it. But most faults were never the valves. They were paper capacitors, which drink damp, and a lighthouse is a device for collecting damp. He warmed his in the bottom of the range, on a saucer, at the heat for meringues. That was good for about a month.',
      'Officially, radios were for the weather and the relief. What they were for otherwise began after nine, when the duty calls were done and the keepers down the coast stayed on the air. They read one another the serial from a newspaper a week late. They compared ailments. One keeper forty miles off never spoke at all, but tapped his microphone twice before he went up to the lamp. My uncle knew him for six years and would not know him in the street.',
      'He is mending them still, in a shed in Oban, for nobody in particular. There were eleven radios on the bench when I came, with their backs off, all tuned to the same place. He says you can always tell a set that has been lonely. I asked how. It turns out that the volume knob is worn and the other one is not.',
    ],
  },
  {
    key: 'moss',
    url: 'https://underleaf.example/places/a-moss-garden-in-galloway',
    siteName: 'Under Leaf',
    title: 'What moss gardens ask of you',
    byline: 'Sheila Dunmore',
    language: 'en',
    savedDaysAgo: 4,
    paragraphs: [
      'Moss gardens are made mostly by removing things. Ewan Laidlaw began his, in a north-facing yard in Galloway, by removing the lawn, then the leaves, then, for eleven years, every blade of grass that came up between, with tweezers.',
      'Moss has no roots to speak of. It drinks through its leaves, so what lies beneath matters less than what falls on top: rain, shade, and nothing else. Fertiliser kills it. So does a drift of beech leaves, if it sits for a week and shuts out the day. Every autumn morning Laidlaw sweeps the garden with a soft broom from the edge inwards, walking backwards over his own path.',
      'He does not plant so much as invite. Two patches came off a roof that was being replaced, and he pressed them onto bare sour soil like carpet and stood on them. The rest arrived. He counts nineteen species, and would swear to twelve. In a drought the haircap goes brown and crisp and seems quite dead. Let it have one wet evening and by breakfast it has opened again, each stem a small green star. He has given up explaining this to visitors. He waters a corner and lets them watch.',
      'Birds are the trouble. Blackbirds turn the cushions over, looking for beetles, and abandon them upside down like hats after a wedding. A net would stop it, and a net would be all you saw. So at four o’clock he goes round with a bucket and puts them back. There is a right way up. After the first year you can tell it by touch.',
      'I asked what the garden would be if he stopped. “Two months, grass,” he said. “Five years, birch. It would be very happy.” Then he knelt, because he had seen one.',
    ],
  },
  {
    key: 'ghost-signs',
    url: 'https://fadedtrades.example/how-to-read-ghost-signs',
    siteName: 'Faded Trades',
    title: 'How to read ghost signs in the rain',
    byline: 'Leonard Ashby',
    language: 'en',
    savedDaysAgo: 1,
    paragraphs: [
      'Ghost signs are advertisements that have outlived their shops. You find them on gable ends, above the second floor, where it was never worth the scaffolding to paint them out: a mustard that ceased in 1931, a hatter, half a brand of boot polish.',
      'They have lasted because of lead. White lead in linseed oil bit into the brick; the colours beside it, mostly earths mixed thin, did not. So what we read now is often the part the painter thought about least, the pale outline of letters whose red or blue has washed away.',
      'Wet weather is the time to look. Rain darkens bare brick more than painted brick, and a sign you could not see on Sunday stands there on Monday like something overheard. Low sun is good too, for the ridges. Watch for two signs on one gable. The space was let by the year, the next firm painted straight over the last, and as the upper coat wears thin the two begin to talk at once. In a lane near the docks in Leith you can read FINEST BOOTS AND PILLS.',
      'Every few years somebody proposes to restore one, and among those who photograph them this has ended friendships. Repainted, a ghost sign is only a sign: bright, legible, wrong. It tells you what the shop sold and no more that the shop is missing. The better kindness is to see to the gutter above it and pull the buddleia from the joints.',
      'The men who painted them were paid by the foot, and stood on a plank with a string and a bag of chalk. They hardly ever put a name to it. I know of one exception, low down on a bakery in Hull, where the foreman would have had to kneel to find it: H. Pask did this in the rain.',
    ],
  },
  {
    key: 'walls',
    url: 'https://fieldandboundary.example/craft/dry-stone-walls',
    siteName: 'Field & Boundary',
    title: 'What holds up dry stone walls',
    byline: 'Owen Tregarth',
    language: 'en',
    savedDaysAgo: 9,
    paragraphs: [
      'Dry stone walls have no mortar in them, and that is why they are still here. Mortar cracks when the ground moves. A dry wall shrugs, settles and lets the rain through. The oldest in this valley went up before the church.',
      'Each is really two walls, leaning on one another. Big stones go at the foot. Then come two faces, rising with a slight slope inwards, which is called the batter, and between them the hearting: small broken stone, packed in piece by piece and never shovelled. Shovelled hearting shifts about inside like sand and pushes the faces apart. Every so often one stone goes right through from side to side and ties the pair. Along the top stand the copes, set on edge, and their weight holds the lot.',
      'There is one on two, two on one: every stone sits across the joint of the pair beneath. And a stone once picked up is never put down again. Menna Pryce, who has been walling above Bala for thirty-one years, says this is not thrift. Put it down, and you have decided that it is wrong, and you will look at it all day. Each stone has a place, she says, and if not, there is the hearting.',
      'On a fair day she builds about three yards, and shifts four tons to do it. A gap takes more out of her than new walling does, since first it must come down to where it is sound. Farmers patch the hole instead, and ring her a year later.',
      'Weather knocks over very few dry stone walls. Sheep do, who lean, and walkers, who climb. Pryce rebuilt one gap every spring for three years. The fourth spring she sat in the car with a flask to see who was doing it. It was a ram called Gerald, who went over every morning to look at the ewes on the other side. She put in a sheep creep, which is a hole with a lintel, and the wall has stood ever since.',
    ],
  },
  {
    key: 'night-buses',
    url: 'https://laststop.example/essays/night-buses',
    siteName: 'Last Stop',
    title: 'The etiquette of night buses',
    byline: 'Martín Quiroga',
    language: 'en',
    savedDaysAgo: 7,
    paragraphs: [
      'Night buses leave from the bay furthest from the café. The one from Madrid to Lugo goes at half past midnight. I have been on it eleven times now, at first for a job, then for a person, then out of habit.',
      'There is an etiquette and nobody explains it. The front is for those who get carsick and those who talk to the driver. The back is for students. The middle is for those who have given the ticket some thought: the left side, so that dawn comes late to your window, and two seats ahead of the wheel. Shoes may come off after the first stop but not before. Oranges are allowed. Tuna is not, and on night buses there is always tuna.',
      'We stop twice. Once is near Benavente, at about three, when the drivers change over and all of us stand in a lit car park in socks of varying quality, like guests at a fire drill. The other is before the passes, for a minute, for no reason. The driver gets out and looks at the sky. I asked one of them about it. “Fog,” he said. And then: “No. I like it.”',
      'What I have learned is that a stranger’s head, somewhere in the province of Zamora, will come to rest on your shoulder, and that you will hold still for it. You would not do so by day. By day you would shift. At night the whole bus breathes at one speed, and a shoulder is only something you are minding until its owner wakes up.',
      'There is a fast train for most of the way now, and it is very good. It arrives before you have decided anything. The buses still go, a third full: nurses, a man with a kitchen tap in a box, a girl unconscious on her exam notes. At ten to seven the doors sigh open in Lugo and it smells of wet slate. Nobody says goodbye. A year later I saw one of them in a bank, and we nodded like veterans.',
    ],
  },
  {
    key: 'subtitles',
    url: 'https://secondreel.example/craft/film-subtitles',
    siteName: 'Second Reel',
    title: 'Film subtitles, and what they throw out',
    byline: 'Rosa Kettering',
    language: 'en',
    savedDaysAgo: 1,
    paragraphs: [
      'Good film subtitles are the ones you do not remember reading. Getting them there is mainly a matter of taking things away.',
      'The sums are unkind. Two lines at most, about forty-two characters to a line. An adult reads some seventeen characters in a second, so a sentence that an actor gets through in two has thirty-four to fit in. It must not vanish in under a second, and it must not stay above seven, or the eye decides it is new and starts again.',
      'Farida Sayani, who has made subtitles for two hundred films from Hindi and Gujarati, begins by watching with the sound off. She marks the cuts, because subtitles that hang over a cut get read twice. Then she listens for what can go. Names, when whoever it is stands in the picture. “Well.” “Look.” “You know.” Anything the face has already said. “If he is crying, I need not tell you he is sad,” she says. “I have twelve characters. I would rather spend them on whom he is sad about.”',
      'Some things refuse to go. There is a word for “you” that marks respect, and in the last third of the film two brothers stop using it. In London everybody is “you”, dogs included. So she lets them use first names early on, and whole sentences later, and a “sir” that gets colder each time. The songs she does at the end. Nobody pays her to make them rhyme, and she always tries.',
      'Her own credit comes after the caterers, if it comes at all. “Subtitles by F. Sayani” is twenty-two characters, and in her latest film it was up for half a second. She would have sent that back.',
    ],
  },
  {
    key: 'banknotes',
    url: 'https://smallchange.example/cash/where-tired-banknotes-go',
    siteName: 'Small Change',
    title: 'Where tired banknotes go',
    byline: 'Bettina Kroll',
    language: 'en',
    savedDaysAgo: 6,
    paragraphs: [
      'Every banknote is on its way back. It goes from till to purse to till, and sooner or later a shop pays it in, the bank sends it to a cash centre in a locked cage, and there a machine considers it for about a thirtieth of a second.',
      'In that time it is looked at from the front, from behind and straight through. The machine wants to know about dirt, tape, ink, missing corners, and any tear that has been folded over and hoped about. Softness counts too. A fresh note crackles and a tired one does not, and there are microphones for this. What passes goes round again. What fails is in strips before the next one arrives.',
      'The strips are pressed into briquettes as big as a tin of tomatoes, each of them once several thousand pounds. They used to be burned for heat. Now the cotton sort may be composted and the plastic sort melted into flowerpots, so that it is possible to grow basil in what was somebody’s rent.',
      'Then there is the counter upstairs, for what the machines refuse. Ilse Wendt has sat at it for nineteen years with a lamp, a sheet of glass and a blunt knife. Bring her the greater part of a banknote and she will give you all of it; that is the law in most places, and it saves her deciding who is lying. She has had them out of a tumble dryer, a septic tank, and the lining of a coat already sold. A widower brought a biscuit tin that had spent twelve years under a henhouse. It took her a fortnight to part the layers, and every Friday he came to ask how they were, as one asks after a patient.',
      'There were eight thousand and forty. He had thought six. He wanted her to keep the forty, which is not permitted, so he came back with eggs.',
    ],
  },
  {
    key: 'alarms',
    url: 'https://wardnotes.example/2/the-alarm-that-nobody-hears',
    siteName: 'Ward Notes',
    title: 'The alarm that nobody hears',
    byline: 'Aoife Tiernan',
    language: 'en',
    savedDaysAgo: 12,
    paragraphs: [
      'A bed in intensive care makes some sound of distress every few minutes. On our unit we counted for a week: two hundred and eleven alarms per patient per day, of which nine needed somebody to do something. The other two hundred and two taught us not to listen.',
      'None of this is carelessness. A monitor is sold with limits so narrow that its maker can never be blamed, and every machine is designed as though it were the only one. The pump shrieks because it will be empty in an hour. The mattress shrieks because it is a mattress. A clip slips off a finger and the screen reports, in red, that the patient has no pulse, while the patient asks for the newspaper.',
      'What helped was dull. We changed the sticky electrodes every morning, since stale gel makes a noise that resembles a failing heart. We set limits for whoever was in the bed instead of for an average stranger. We told the oxygen alarm to wait fifteen seconds before speaking up, and found that most dips were over in ten. And on Sundays we went from bed to bed and asked of each beep: if you hear this at three in the morning, what will you do? If the answer was “silence it”, we switched it off.',
      'Two months later we counted again. Fifty-eight. The nurses said their shoulders had come down. More surprising were the visitors, who had begun to talk in ordinary voices. It seems they had been whispering beneath the machines all those years, and we had put it down to respect.',
      'One alarm we did not touch. It belongs to an ancient ventilator, a thin tone like a lorry reversing, and it has never once been wrong. When it goes, eleven heads turn. It is no louder than the others. It simply has nothing on its conscience.',
    ],
  },
  {
    key: 'eye-chart',
    url: 'https://plainsight.example/who-chose-the-letters',
    siteName: 'Plain Sight',
    title: 'Who chose the letters at the optician’s',
    byline: 'Gordon Ames',
    language: 'en',
    savedDaysAgo: 19,
    paragraphs: [
      'In 1862 a Dutch eye doctor, Herman Snellen, needed a way to say how badly somebody saw. Until then one held up whatever was lying about: a newspaper, a psalm. He made a chart instead, and cut each letter on it from a square of five by five, so that every stroke and every gap was exactly a fifth of the height.',
      'That fifth is the clever part. If you can tell an E from an F, you have seen one gap, and how small a gap you manage at twenty feet is the measure of your eye. It is why the letters look so blunt: they are less a typeface than a pair of callipers. It is also why there are so few. M and W are cramped by the square. I is no test at all. Q is an O with a grievance.',
      'The chart has faults that anybody who has sat before it will have felt. There is one letter at the top, so nobody ever failed it. The lines shrink in uneven leaps. And since an L is easier than a D, you can go slightly blind between one visit and the next merely by being shown a different alphabet.',
      'In 1976, in Melbourne, Ian Bailey and Jan Lovie put this right. They gave every line five letters, all equally hard, with gaps as wide as the letters themselves, each line smaller than the one above by the same proportion. It looks like a triangle balanced on its tip, and serious studies use it. High-street shops kept the earlier chart, which patients recognise and which fits behind a door.',
      'My optician, who is eighty and will not stop, says the chart was never the test. He listens to the pause. A person who can see says D. A person who cannot also says D, having been here before, but breathes in first. For children who do not yet read there is a broken ring, open on one side, and they point to the gap. They never pretend, he says. That begins at about seven, along with the alphabet.',
    ],
  },
];

export const demoNotes: readonly DemoNote[] = [
  {
    friend: 'chizuru',
    article: 'moss',
    text: 'A man in Galloway weeds his with tweezers, walking backwards. You would find him careless.',
    moment: { kind: 'surprise' },
    outcome: 'scheduled',
  },
  {
    friend: 'priya',
    article: 'subtitles',
    text: 'You timed them on your watch in Pune and said the pace was all wrong. Her numbers are on your side.',
    moment: { kind: 'at', daysFromNow: 3, time: '09:30' },
    outcome: 'scheduled',
  },
  {
    friend: 'wanjiru',
    article: 'night-buses',
    text: 'You held still for my head all the way to Kisumu. This man would understand, though not about the tuna.',
    moment: { kind: 'surprise' },
    outcome: 'uncertain',
    left: { daysAgo: 1, time: '18:52' },
  },
  {
    friend: 'idris',
    article: 'walls',
    text: 'There is a ram called Gerald at the end of this who puts me in mind of your brother. Read it to Nerys.',
    moment: { kind: 'surprise' },
    outcome: 'sent-myself',
    left: { daysAgo: 4, time: '11:07' },
  },
  {
    friend: 'grace',
    article: 'mud',
    text: 'The part about sitting back is both of us at that stream. You went in first, for the record.',
    moment: { kind: 'surprise' },
    outcome: 'delivered',
    left: { daysAgo: 6, time: '10:34' },
  },
  {
    friend: 'hemi',
    text: 'The last of your plum jam went this morning, on toast, standing up. You were right about leaving the skins in.',
    moment: { kind: 'surprise' },
    outcome: 'delivered',
    left: { daysAgo: 13, time: '14:21' },
  },
];
