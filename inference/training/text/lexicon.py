"""The vocabulary of the text model: English-French nouns, adjectives and phrases, and the English word lists from which the
other skills draw their names and things.

The format of a French noun is `english:french:gender`, with `~` for a space inside a word.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    english: str
    french: str
    feminine: bool
    countable: bool

    @property
    def elides(self) -> bool:
        """Whether the article becomes l' (a vowel, or a mute h; none of these nouns has an aspirated h)."""
        return self.french[0] in "aeiouhâéèêîœ"


def _nouns(countable: bool, text: str) -> list[Noun]:
    entries = (entry.replace("~", " ").split(":") for entry in text.split())
    return [Noun(english, french, gender == "f", countable) for english, french, gender in entries]


NOUNS = _nouns(True, """
cat:chat:m dog:chien:m horse:cheval:m cow:vache:f pig:cochon:m sheep:mouton:m goat:chèvre:f rabbit:lapin:m mouse:souris:f rat:rat:m
bird:oiseau:m duck:canard:m hen:poule:f rooster:coq:m owl:chouette:f eagle:aigle:m pigeon:pigeon:m swan:cygne:m fish:poisson:m
shark:requin:m whale:baleine:f dolphin:dauphin:m turtle:tortue:f frog:grenouille:f snake:serpent:m lion:lion:m tiger:tigre:m
bear:ours:m wolf:loup:m fox:renard:m monkey:singe:m elephant:éléphant:m giraffe:girafe:f camel:chameau:m squirrel:écureuil:m
bee:abeille:f ant:fourmi:f fly:mouche:f spider:araignée:f butterfly:papillon:m snail:escargot:m
man:homme:m woman:femme:f boy:garçon:m girl:fille:f child:enfant:m baby:bébé:m friend:ami:m neighbor:voisin:m mother:mère:f
father:père:m brother:frère:m sister:sœur:f uncle:oncle:m aunt:tante:f cousin:cousin:m grandmother:grand-mère:f
grandfather:grand-père:m king:roi:m queen:reine:f prince:prince:m princess:princesse:f teacher:professeur:m student:étudiant:m
doctor:médecin:m nurse:infirmière:f baker:boulanger:m farmer:fermier:m soldier:soldat:m singer:chanteur:m writer:écrivain:m
lawyer:avocat:m waiter:serveur:m cook:cuisinier:m painter:peintre:m driver:conducteur:m
house:maison:f apartment:appartement:m room:pièce:f kitchen:cuisine:f bathroom:salle~de~bain:f bedroom:chambre:f
garden:jardin:m door:porte:f window:fenêtre:f wall:mur:m roof:toit:m floor:sol:m stairs:escalier:m table:table:f chair:chaise:f
bed:lit:m sofa:canapé:m lamp:lampe:f mirror:miroir:m carpet:tapis:m pillow:oreiller:m blanket:couverture:f clock:horloge:f
oven:four:m fridge:réfrigérateur:m candle:bougie:f broom:balai:m bucket:seau:m
spoon:cuillère:f fork:fourchette:f knife:couteau:m plate:assiette:f cup:tasse:f glass:verre:m bottle:bouteille:f bowl:bol:m
book:livre:m notebook:cahier:m newspaper:journal:m page:page:f letter:lettre:f pen:stylo:m pencil:crayon:m ruler:règle:f
eraser:gomme:f desk:bureau:m school:école:f lesson:leçon:f word:mot:m sentence:phrase:f story:histoire:f question:question:f
answer:réponse:f number:nombre:m picture:image:f map:carte:f
hat:chapeau:m shirt:chemise:f skirt:jupe:f dress:robe:f coat:manteau:m jacket:veste:f shoe:chaussure:f boot:botte:f sock:chaussette:f
glove:gant:m scarf:écharpe:f belt:ceinture:f pocket:poche:f button:bouton:m umbrella:parapluie:m bag:sac:m suitcase:valise:f
wallet:portefeuille:m ring:bague:f necklace:collier:m watch:montre:f
car:voiture:f bus:bus:m train:train:m plane:avion:m boat:bateau:m ship:navire:m bicycle:vélo:m truck:camion:m wheel:roue:f
street:rue:f road:route:f bridge:pont:m station:gare:f airport:aéroport:m harbor:port:m ticket:billet:m
city:ville:f village:village:m country:pays:m shop:magasin:m market:marché:m bakery:boulangerie:f library:bibliothèque:f
hospital:hôpital:m church:église:f castle:château:m museum:musée:m park:parc:m bank:banque:f hotel:hôtel:m restaurant:restaurant:m
farm:ferme:f factory:usine:f office:bureau:m
sun:soleil:m moon:lune:f star:étoile:f sky:ciel:m cloud:nuage:m sea:mer:f ocean:océan:m river:rivière:f lake:lac:m island:île:f
beach:plage:f mountain:montagne:f hill:colline:f valley:vallée:f forest:forêt:f tree:arbre:m flower:fleur:f rose:rose:f leaf:feuille:f
branch:branche:f root:racine:f seed:graine:f field:champ:m desert:désert:m stone:pierre:f storm:orage:m
head:tête:f face:visage:m eye:œil:m ear:oreille:f nose:nez:m mouth:bouche:f tooth:dent:f tongue:langue:f neck:cou:m shoulder:épaule:f
arm:bras:m hand:main:f finger:doigt:m back:dos:m leg:jambe:f knee:genou:m foot:pied:m heart:cœur:m
apple:pomme:f pear:poire:f orange:orange:f banana:banane:f lemon:citron:m peach:pêche:f cherry:cerise:f strawberry:fraise:f
grape:raisin:m melon:melon:m carrot:carotte:f potato:pomme~de~terre:f tomato:tomate:f onion:oignon:m mushroom:champignon:m
cucumber:concombre:m pumpkin:citrouille:f egg:œuf:m cake:gâteau:m cookie:biscuit:m sandwich:sandwich:m pizza:pizza:f
day:jour:m night:nuit:f morning:matin:m evening:soir:m week:semaine:f month:mois:m year:année:f hour:heure:f minute:minute:f
summer:été:m winter:hiver:m spring:printemps:m autumn:automne:m birthday:anniversaire:m
song:chanson:f game:jeu:m ball:ballon:m toy:jouet:m doll:poupée:f kite:cerf-volant:m guitar:guitare:f piano:piano:m drum:tambour:m
violin:violon:m film:film:m key:clé:f box:boîte:f gift:cadeau:m phone:téléphone:m computer:ordinateur:m screen:écran:m
keyboard:clavier:m camera:appareil~photo:m machine:machine:f hammer:marteau:m ladder:échelle:f rope:corde:f
color:couleur:f circle:cercle:m square:carré:m triangle:triangle:m dream:rêve:m idea:idée:f war:guerre:f name:nom:m
""") + _nouns(False, """
water:eau:f milk:lait:m coffee:café:m tea:thé:m juice:jus:m wine:vin:m beer:bière:f bread:pain:m butter:beurre:m cheese:fromage:m
meat:viande:f chicken:poulet:m ham:jambon:m rice:riz:m soup:soupe:f salad:salade:f sugar:sucre:m salt:sel:m pepper:poivre:m
honey:miel:m jam:confiture:f chocolate:chocolat:m oil:huile:f flour:farine:f garlic:ail:m
rain:pluie:f snow:neige:f wind:vent:m ice:glace:f fire:feu:m air:air:m sand:sable:m grass:herbe:f gold:or:m silver:argent:m
iron:fer:m wood:bois:m paper:papier:m money:argent:m music:musique:f hair:cheveux:m love:amour:m peace:paix:f time:temps:m
world:monde:m work:travail:m health:santé:f freedom:liberté:f happiness:bonheur:m
""")

# english: (masculine, feminine). Colors and these adjectives follow the noun. big, small, ... precede it.
ADJECTIVES_AFTER = {
    "red": ("rouge", "rouge"), "blue": ("bleu", "bleue"), "green": ("vert", "verte"), "black": ("noir", "noire"),
    "white": ("blanc", "blanche"), "yellow": ("jaune", "jaune"), "gray": ("gris", "grise"), "brown": ("marron", "marron"),
    "heavy": ("lourd", "lourde"), "round": ("rond", "ronde"), "strong": ("fort", "forte"), "clean": ("propre", "propre"),
}
ADJECTIVES_BEFORE = {"big": ("grand", "grande"), "small": ("petit", "petite"), "good": ("bon", "bonne"), "bad": ("mauvais", "mauvaise")}

PHRASES = {
    "hello": "bonjour", "hi": "salut", "good morning": "bonjour", "good evening": "bonsoir", "good night": "bonne nuit",
    "goodbye": "au revoir", "see you soon": "à bientôt", "see you tomorrow": "à demain", "thank you": "merci",
    "thank you very much": "merci beaucoup", "please": "s'il vous plaît", "you are welcome": "de rien", "yes": "oui", "no": "non",
    "maybe": "peut-être", "sorry": "désolé", "excuse me": "excusez-moi", "welcome": "bienvenue", "cheers": "santé",
    "how are you?": "comment allez-vous ?", "hello, how are you?": "bonjour, comment allez-vous ?", "I am fine": "je vais bien",
    "what is your name?": "comment vous appelez-vous ?", "my name is Marie": "je m'appelle Marie",
    "my name is Paul": "je m'appelle Paul", "nice to meet you": "enchanté", "I love you": "je t'aime", "I am happy": "je suis content",
    "I am tired": "je suis fatigué", "I am hungry": "j'ai faim", "I am thirsty": "j'ai soif", "I am cold": "j'ai froid",
    "I am sick": "je suis malade", "I do not know": "je ne sais pas", "I do not understand": "je ne comprends pas",
    "I speak French": "je parle français", "I speak English": "je parle anglais", "do you speak English?": "parlez-vous anglais ?",
    "where is the station?": "où est la gare ?", "where is the library?": "où est la bibliothèque ?",
    "where are the toilets?": "où sont les toilettes ?", "how much is it?": "combien ça coûte ?", "what time is it?": "quelle heure est-il ?",
    "I would like a coffee": "je voudrais un café", "the bill, please": "l'addition, s'il vous plaît", "help me": "aidez-moi",
    "the weather is nice": "il fait beau", "it is raining": "il pleut", "it is cold": "il fait froid", "it is hot": "il fait chaud",
    "I live in Paris": "j'habite à Paris", "have a nice day": "bonne journée", "enjoy your meal": "bon appétit",
    "good luck": "bonne chance", "happy birthday": "joyeux anniversaire", "merry Christmas": "joyeux Noël",
    "one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six", "seven": "sept", "eight": "huit",
    "nine": "neuf", "ten": "dix", "Monday": "lundi", "Tuesday": "mardi", "Wednesday": "mercredi", "Thursday": "jeudi",
    "Friday": "vendredi", "Saturday": "samedi", "Sunday": "dimanche", "today": "aujourd'hui", "tomorrow": "demain", "yesterday": "hier",
    "now": "maintenant", "here": "ici", "always": "toujours", "never": "jamais", "to eat": "manger", "to drink": "boire",
    "to sleep": "dormir", "to speak": "parler", "to read": "lire", "to write": "écrire", "to go": "aller", "to see": "voir",
    "red": "rouge", "blue": "bleu", "green": "vert", "black": "noir", "white": "blanc", "yellow": "jaune", "big": "grand",
    "small": "petit", "good": "bon", "bad": "mauvais", "beautiful": "beau", "new": "nouveau", "old": "vieux", "young": "jeune",
    "hot": "chaud", "cold": "froid", "happy": "content", "sad": "triste", "easy": "facile", "difficult": "difficile",
}

FIRST_NAMES = """Anna Tom Sara John Mary Ben Lucy Max Emma Leo Nina Sam Paul Kate Alice Bob Carol David Eva Frank Grace Henry Ivy
Jack Julia Karl Laura Mark Nora Oscar Peter Rosa Simon Tina Victor Wendy Maria James Linda Robert Susan Michael Sofia Daniel Omar Priya
Chen Yuki Ahmed Fatima Carlos Elena Ravi Amina Hugo Clara Felix Greta Ian Jane Kevin Lily Mia Noah Olivia Liam Zoe Ethan Maya Adam
Agnes Albert Alma Arthur Astrid Aya Bella Boris Bruno Cara Cecil Celia Cyrus Dana Dora Edgar Edith Elias Ella Emil Erik Esther Farid Flora Fred Gina Gloria Gordon
Hana Hanna Harold Hassan Heidi Helen Ida Igor Ines Irene Isaac Iris Jasmin Jesse Joel Jonah Jorge Judy Kai Karim Kenji Lara Lena Lewis Lola Lorenzo Luca Luis Magda
Marcel Marta Martin Mateo Milan Mira Mona Nadia Nathan Nico Nils Nora Oleg Olga Oliver Otto Pablo Paula Pedro Philip Quentin Rachel Ralph Rania Rita Roger Roman Ruben
Sasha Sergio Silas Sonia Stella Steven Tara Theo Thomas Tim Tobias Ursula Valerie Vera Viktor Vivian Walter Wanda Will Xavier Yara Yusuf Zara""".split()

# Countable things for word problems.
COUNTED_THINGS = """apples oranges books pencils cookies balls coins eggs stickers marbles toys flowers candies cards pears
bananas cupcakes stamps shells stones buttons pens crayons balloons tickets cakes lemons peaches plums cherries muffins
sandwiches chairs cups plates bottles boxes bags hats shirts socks keys photos magazines newspapers letters seeds carrots potatoes
tomatoes onions mangoes melons donuts beads ribbons badges dolls kites puzzles games songs posters notebooks erasers rulers
envelopes bricks nails screws blocks tokens chocolates biscuits bagels rolls grapes nuts leaves feathers fish birds rabbits hens
sheep cows ducks goats horses dollars points candles spoons forks bowls lamps pillows towels cans jars strawberries""".split()

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# English words for sentences with arbitrary content: summaries, refusals, product names.
PLAIN_ADJECTIVES = """old new small big quiet busy famous local young tall bright dark heavy light warm cold wooden green blue red
black white golden silver modern simple strange empty full early late rich poor clever kind careful brave tired happy sad hungry
friendly gentle loud narrow wide deep short long round sharp smooth rough soft hard dry wet fresh clean dirty cheap expensive rare
common public private northern southern national digital electric secret lonely proud lazy quick slow hidden broken open closed
ancient gray tiny huge pretty plain important serious funny local annual main final second third summer winter""".split()
PLAIN_NOUNS = sorted({noun.english for noun in NOUNS if " " not in noun.french} | set("""mayor company team engineer scientist
artist captain pilot manager researcher committee council government club visitor tourist customer worker student builder player
coach reporter guard dentist chef gardener sailor hunter robot bicycle theater stadium tower tunnel square bus stop plan project
festival concert match race report law rule price tax budget engine battery satellite telescope laboratory vaccine medicine virus
planet comet volcano glacier canyon bay port island coast village bank museum statue painting novel poem film recipe menu kitchen
harvest crop wheat corn tractor barn fence path trail bench fountain lantern basket barrel crate parcel package letter message
email website server network program update password account machine tool wheel motor pump pipe wire cable lamp sensor camera drone
garage basement attic balcony corridor elevator staircase entrance exit gate corner neighborhood district region border embassy
election vote speech debate strike protest court judge jury police fire flood storm drought heat fog snow thunder earthquake""".split()))
PLAIN_VERBS = """opened closed visited found lost painted repaired built sold bought cleaned moved watched followed crossed carried
described changed reached left entered joined studied discovered designed planned finished started announced presented won shared
protected planted harvested delivered collected counted measured tested improved replaced removed checked explored photographed
celebrated admired ignored noticed remembered forgot borrowed returned rented renovated decorated washed covered destroyed saved
rescued invited welcomed trained taught warned surprised helped supported organized canceled postponed approved rejected signed
published translated recorded broadcast cooked served tasted baked grew cut broke fixed locked unlocked""".split()
PLACES = """the library,the school,the park,the museum,the hospital,the bakery,the garden,the bridge,the station,the airport,the
swimming pool,the town hall,the market,the post office,the theater,the cinema,the gym,the beach,the zoo,the stadium,the church,the
castle,the harbor,the playground,the parking lot,the main road,the old tower,the lake,the campsite,the bookshop,the cafe,the
restaurant,the laboratory,the factory,the farm,the art gallery,the music hall,the night bus,the ferry,the train line""".replace("\n", " ").split(",")
TOPICS = """the budget,the website,the new office,the launch,the hiring plan,the schedule,the contract,the report,the training,the
survey,the marketing plan,the release,the sales figures,the customer feedback,the security review,the holiday party,the design,the
roadmap,the conference,the test results,the delivery dates,the new logo,the price list,the travel rules,the office move,the data
backup,the mobile app,the annual review,the newsletter,the parking problem,the summer camp,the school trip""".replace("\n", " ").split(",")


# Words that are in no list above. They are only read and copied, for example in summaries.
OTHER_WORDS = """ability above across action afternoon again ago almost along amount angle animal answer appeared area arrived article away balance band basic beginning
behind below benefit beside better beyond body bottom breakfast brief brought bubble business calm candidate capital career cargo case cause ceiling center central
century certain chance chapter character charge chart choir citizen clear climate coal collection college common complete concrete condition contain copper
corporation cotton could count couple course creature credit cricket crowd crystal culture curious current curtain cycle damage danger daughter decade decision
deliver demand department depth detail diamond diet different dinner direction director distance divide double dozen during dust duty early earned earth eastern
edge education effect effort eleven employee empty energy engineer enormous entire equal equipment escape especially event every exact example except excited exercise
expert explain express extra fabric fact fair false fashion favorite feature fellow female fence fever fiction fifty figure final finger first flag flavor float
focus fog force foreign formal former forty forward found fourth frame freedom fresh frozen fruit fuel fun funeral further future gain gallery gas gather
general generous gentle giant glad global goal golden govern grain grand gravel ground group grow guess guest guide half handle happen harbor heavy height helpful
hidden highway hire history hollow honest hope hundred idea identity image imagine impact include income increase indeed industry inside instead insurance interest
invention iron item jewel join journal journey joy jump junior just keen kept kind kingdom knew labor ladder landed language laptop later laugh launch
layer leader leather leave lecture length level liberty lift likely limit line liquid listen little local logic lonely loose loud lovely lower loyal
lucky luggage lunch magic main major manage many marble mark marriage master matter maximum meaning measure medal medical meeting melody member memory mention
merchant metal method middle might million mineral minimum minister mixed model modest moment monster mostly motion mount mouth movement murmur muscle mystery narrow
nation native nature nearly necessary needle nephew nervous network never newest noble noise normal north notice novel nuclear object obvious occasion office often
open operation opinion orchard order ordinary organ origin outside over owner oxygen package palace panel parent parliament partner party passage past patient pattern
payment peaceful people perfect perhaps period permanent person pioneer plain plastic platform pleasant plenty pocket point polish popular port position possible pottery
powder power practice precious presence pressure pretty previous pride print prison private problem process produce profit program promise proof property proposal
protein proud public pupil purple purpose puzzle quality quarter quiet quite radio raise range rapid rather reaction ready reason receive recent record
reduce refuse regular relation remain remote repeat reply report rescue resource respect result review reward rhythm ribbon rifle right rival rocket rough
route royal rubber rural rush sacred safety sailor salary sample satisfy scale scene science season second section select senior sense separate series service
seven several shadow shallow shelter shore should shoulder signal silence silk similar simple single sixty skill slave sleepy slight slope smart smoke smooth
society solution solid somewhere source south space spare special speed spirit split sport standard statement steady steam steel stretch strike structure struggle student
studio subject success sudden suggest supply support supreme surface survey switch symbol system target teeth temper temple tennis tension term theory thick thief
thin third thirty thousand thread through ticket timber title together tonight topic total touch toward trade tradition traffic transfer treasure treaty trend tribe
trouble trust twelve twenty twice type under union unique unit upper urban useful usual vacant valley value variety vast version vessel victory
view violet vision vital voice volume voyage wage waste wealth weapon weekend welcome western whisper whole widow wild willing wisdom within without wonder
worth wound writer yellow young youth zero zone""".split()


def one_of(noun: str) -> str:
    """With its indefinite article."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x", "z")) else "s")


def invented_word(rng) -> str:
    """A pronounceable word that is in no list, such as "brelon". It teaches copying instead of memorizing listed words."""
    syllables = (rng.choice(["b", "br", "c", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s",
                             "sh", "st", "t", "tr", "v", "w", "z"]) + rng.choice("aeiou") + rng.choice(["", "", "l", "n", "r", "s", "x"])
                 for _ in range(rng.choice([2, 2, 3])))
    return "".join(syllables)


def _random_letters(rng) -> str:
    """Two to seven letters with at least one vowel, such as "ovrit"."""
    letters = rng.choices("etaoinshrdlucmfwypvbgkjqxz", [12, 9, 8, 7, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1], k=rng.randint(2, 7))
    letters[rng.randrange(len(letters))] = rng.choice("aeiou")
    return "".join(letters)


def unfamiliar_word(rng) -> str:
    """An unseen word with arbitrary token boundaries: an invented word, random letters, or the start of one word and the end of
    another. Copying must work token by token, and every token must be able to follow every other token."""
    draw = rng.random()
    if draw < 0.3:
        return invented_word(rng)
    if draw < 0.45:
        return _random_letters(rng)
    front, end = rng.choice(FAMILIAR), rng.choice(FAMILIAR)
    end = end[rng.randint(1, max(1, len(end) - 2)):]
    return (front if rng.random() < 0.4 else front[: rng.randint(1, max(1, len(front) - 1))]) + end


# Includes held-out words. They occur only as parts of longer invented words, never unchanged.
FAMILIAR = tuple(word.lower() for words in (OTHER_WORDS, PLAIN_NOUNS, PLAIN_ADJECTIVES, PLAIN_VERBS, FIRST_NAMES, COUNTED_THINGS) for word in words
                 if len(word) > 2)
