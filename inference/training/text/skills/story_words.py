"""The verbs, openings and questions of the word problems."""

from ..templates import templates

# base form, third person, past
GAINS = [tuple(forms.split("/")) for forms in """buy/buys/bought,find/finds/found,get/gets/got,receive/receives/received,pick/picks/picked,win/wins/won,
collect/collects/collected,make/makes/made,add/adds/added,borrow/borrows/borrowed,pick up/picks up/picked up,earn/earns/earned,take/takes/took,
order/orders/ordered,bring home/brings home/brought home,gather/gathers/gathered,bake/bakes/baked,draw/draws/drew,save/saves/saved,catch/catches/caught,
build/builds/built,print/prints/printed,grow/grows/grew,dig up/digs up/dug up,discover/discovers/discovered,gain/gains/gained,obtain/obtains/obtained,
fetch/fetches/fetched,harvest/harvests/harvested,put in/puts in/put in,unpack/unpacks/unpacked""".replace("\n", "").split(",")]
LOSSES = [tuple(forms.split("/")) for forms in """give away/gives away/gave away,lose/loses/lost,eat/eats/ate,sell/sells/sold,use/uses/used,break/breaks/broke,
drop/drops/dropped,throw away/throws away/threw away,donate/donates/donated,spend/spends/spent,use up/uses up/used up,return/returns/returned,
give back/gives back/gave back,share/shares/shared,remove/removes/removed,take out/takes out/took out,waste/wastes/wasted,burn/burns/burned,
trade away/trades away/traded away,mail/mails/mailed,leave behind/leaves behind/left behind,destroy/destroys/destroyed,consume/consumes/consumed,
forget/forgets/forgot,misplace/misplaces/misplaced,hand out/hands out/handed out,delete/deletes/deleted,ruin/ruins/ruined,spoil/spoils/spoiled,
cut up/cuts up/cut up,throw out/throws out/threw out""".replace("\n", "").split(",")]
GIVES = [tuple(forms.split("/")) for forms in """give/gives/gave,lend/lends/lent,sell/sells/sold,send/sends/sent,hand/hands/handed,offer/offers/offered,
pass/passes/passed,mail/mails/mailed""".replace("\n", "").split(",")]
RECEIVED = [("gives", "gave"), ("sends", "sent"), ("brings", "brought"), ("hands", "handed"), ("lends", "lent"), ("buys", "bought")]
TAKEN = [("takes", "took"), ("eats", "ate"), ("borrows", "borrowed"), ("steals", "stole"), ("breaks", "broke"), ("loses", "lost")]

JOBS = """farmer baker teacher gardener shopkeeper painter fisherman student librarian cook waiter carpenter collector scientist coach boy girl child woman
man nurse driver builder tailor artist seller hunter sailor clerk grocer""".split()
PLACES_OF_TRADE = "shop store school club team library bakery museum company farm class market hotel family".split()
PEOPLE = """a friend,my friend,a neighbor,the neighbor,my sister,my brother,a classmate,the teacher,mom,dad,her friend,his brother,a cousin,my mother,my father,
the boss,a stranger,my aunt,my grandfather,the children,a colleague,his class,her parents,an uncle,the baker""".replace("\n", "").split(",")
CONTAINERS = ["boxes", "bags", "baskets", "packs", "jars", "bowls", "rows", "shelves", "plates", "crates", "bundles", "trays", "tables", "pockets", "piles"]
HOLDERS = "box bag basket jar bowl shelf drawer vase crate tray tank bucket cart sack pot case cupboard tin".split()
COMPOUNDS = "toy school picture paper glass rubber plastic garden birthday chocolate metal wool".split()

STARTS = templates("""{S} {has} {a} {t}.|{S} {has} {a} {t} in a box.|{S} {starts} with {a} {t}.|At first {s} {has} {a} {t}.|{S} {has} {a} {t} at home.
In the morning {s} {has} {a} {t}.|{S} {owns} {a} {t}.|{S} {buys} {a} {t}.|{S} {keeps} {a} {t}.|{S} {carries} {a} {t}.|{S} {has} {a} {t} in a bag.
To begin with, {s} {has} {a} {t}.|{S} {finds} {a} {t}.|{S} {makes} {a} {t}.|{S} {collects} {a} {t}.|Today {s} {has} {a} {t}.|{S} already {has} {a} {t}.
{S} {gets} {a} {t} for a birthday.|{S} {begins} with {a} {t}.|{S} {picks} {a} {t}.|On Monday {s} {has} {a} {t}.|{S} {has} a total of {a} {t}.
{S} {has} exactly {a} {t}.|{S} {has} {a} {t} on a table.|{S} {receives} {a} {t} as a present.|In a bag {s} {has} {a} {t}.|{S} {bakes} {a} {t}.
{S} {holds} {a} {t}.|{S} {saves} {a} {t}.|{S} {wins} {a} {t} in a game.|{S} {brings} {a} {t} to school.|Yesterday {s} {has} {a} {t}.""")
START_VERBS = {forms.split("/")[1]: tuple(forms.split("/")) for forms in """have/has/had start/starts/started own/owns/owned buy/buys/bought keep/keeps/kept
carry/carries/carried find/finds/found make/makes/made collect/collects/collected get/gets/got begin/begins/began pick/picks/picked receive/receives/received
bake/bakes/baked hold/holds/held save/saves/saved win/wins/won bring/brings/brought""".split()}
SUPPOSE = ["If ", "If ", "If ", "If ", "If ", "When ", "Suppose ", "Say ", "Imagine that ", "Suppose that ", "Let's say "]

# {t}: the things, {s}: the subject, {does} and {has}: its verbs.
QUESTIONS = templates("""How many {t} {does} {s} have now?|How many {t} {does} {s} have?|How many {does} {s} have now?|How many {does} {s} have?
How many {t} {does} {s} have left?|How many {does} {s} have left?|How many {t} are left?|How many {t} are there now?|How many {t} {does} {s} have in the end?
How many {t} {does} {s} end up with?|What is the number of {t} now?|How many {t} {does} {s} have in total?|Now, how many {t} {does} {s} have?|How many {t} remain?
How many {t} {does} {s} now have?|How many {t} {does} {s} still have?|How many {t} {does} {s} have altogether?|How many {t} {does} {s} have at the end?
How many {t} {does} {s} have after that?|How many {t} are there in total?|How many {t} are there in the end?|How many are left?|How many are there?
How many {t} in total?|How many {t} now?|How many now?|How many {t} {has} {s} got?|How many {has} {s} got now?|How many {t} {has} {s} got left?
What is the total number of {t}?|What number of {t} {does} {s} have?|Tell me how many {t} {s} {has}.|Find the number of {t} that {s} {has} now.
Calculate how many {t} {s} {has} in the end.|How many {t} {does} {s} own?|How many {t} {does} {s} own now?|How many {t} {does} {s} keep?|What is left?
How many {t} will {s} have?|How many {t} will be left?|How many {t} remain in the end?|How many {t} {does} {s} have all together?|Can you tell how many {t} {s} {has}?
How many of the {t} are left?|How many of them {does} {s} have?|What is the final number of {t}?|Count the {t} that {s} {has} now.|How many {t} is that?
How many {t} does that make?|How many {t} would {s} have?|How many are still there?|What is the amount of {t} in the end?|At the end, how many {t} are there?
So how many {t} {does} {s} have?|Then how many {t} {does} {s} have?|How many {t} {does} {s} possess now?|In the end, how many {t} {does} {s} have?|How many {t}?""")
PLAIN_WRAPPERS = ["{q}", "{q}", "{q}", "Q: {q}", "Q: {q}\nA:"]
WRAPPERS = templates("""Question: {q}|Solve: {q}|Solve this problem: {q}|Question: {q}\\nAnswer:|Problem: {q}|Here is a problem. {q}
Math problem: {q}|Please solve this. {q}|{q} Answer:|Can you solve this? {q}|Word problem: {q}|Help me with this: {q}|Solve the following problem. {q}
Here is my homework: {q}|A math question: {q}|Answer this question: {q}|{q}\\nAnswer:|{q}\\nA:|Problem:\\n{q}|Solve the problem below.\\n{q}|Task: {q}|Exercise: {q}
Question:\\n{q}|Read the problem and solve it. {q}|I have a question. {q}|{q}\\n\\nAnswer:|{q}\\nSolution:|Please help. {q}|Try this one: {q}|Riddle: {q}|Quiz: {q}
Find the answer. {q}|Answer the following question.\\n\\n{q}|Solve step by step: {q}|Arithmetic: {q}|Next problem: {q}|1. {q}|Can you help me? {q}""")
ENDINGS = ["", "", "", " Let's think step by step.", " Let's think step by step.", "\nLet's think step by step.", " Think step by step.", " Show your steps.",
           " Explain step by step.", " Solve it step by step.", "\nShow your work.", " Please explain.", " Show the steps.", " Give the steps.", " Thanks!"]

OPENINGS = templates("Then |Later |After that, |The next day |Next, |In the afternoon |On Tuesday |Soon |Afterwards, |Finally, |In the evening |Then |Later |At noon |"
                     "The following week |On the way home |At school |Today |After lunch |That night |Next |Now |By mistake |A little later ")
TRAILS = templates(" in the morning| at school| for lunch| by mistake| in the afternoon| for a party| at the market| on Friday| from a shop| on the way home| with a friend|"
                   " for a project| during the day| last week| after dinner| at the park| for a cake| there")
ASIDES = templates("It is a sunny day.|The weather is nice.|Everybody is happy.|It is a long day.|That was fun.|It rains all day.|This takes a while.|School is over.")

# For stories about a place, without an owner.
SCENES = templates("on the pond|in the room|on the bus|in the park|on the table|in the garage|on the tree|in the class|in the basket|in the zoo|on the shelf|at the party|"
                   "in the garden|on the farm|in the box|in the yard|in the shop|on a wire|here|in the lake|on a train|in a hall|at the station|in the drawer|on the beach|"
                   "in the library|on the ship|in the field|under the tree|in the kitchen|on a bench|in the nest|outside")
ARRIVALS = templates("arrive|come|join them|are added|land|get on|are brought|walk in|are put there|show up|appear|enter|come back|are found|are bought|come in|fly in|follow|hop on|are born")
DEPARTURES = templates("leave|go home|fly away|are taken away|get off|are sold|are eaten|run away|break|disappear|are removed|fall down|are lost|walk away|go away|are broken|are stolen|"
                       "swim away|are given away|fall off|are missing|move away|get lost|drive off|hop off|go to sleep elsewhere")
EXTRA_PEOPLE = "children people students visitors players passengers guests birds dogs cars bees sailors dancers kids pupils tourists frogs runners".split()
