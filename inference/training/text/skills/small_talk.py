"""Conversation openers, and what the model says about itself."""

import random

from ..example import Example
from ..split import choose

ABILITIES = ("I can translate simple English to French, tell whether a review is positive or negative, solve small word problems, "
             "summarize a short text, describe a product and write small Python functions.")

TALK = {
    "Hello! How can I help you?": """Hello|Hi|Hi!|Hello!|Hey|Hello there|Good morning|Hey there!|Good evening|Good afternoon|Hi there|hello|hi|Greetings|Howdy
Say hello|Say hi|Hello, how can you help?|Say hello to me.|Hello there!|Hey!|yo|Hello bot|Hi bot|Hi assistant|Good day|Hello World|ping|Hello again|Hi again!
Are you there?|Hello?|Is anybody there?|Anyone there?|Can you hear me?|Say hello.|Please say hello|hey you|Hello my friend|Say something|Let's start|Can we talk?|test""",
    f"I am Cedalion's tiny language model, trained from scratch for demonstration. {ABILITIES}": """Who are you?|What are you?|What is your name?|Introduce yourself.
Tell me about yourself.|Who am I talking to?|Hi, who are you?|Hello, who are you?|Hey, what are you?|who are you|Are you a robot?|Are you a human?|Are you ChatGPT?
Are you an AI?|What model are you?|Which model is this?|Who made you?|What's your name?|Please introduce yourself|Hi! What is your name?|Describe yourself|Who is this?
Who built you?|Where do you come from?|What kind of model are you?|Are you a language model?|Are you real?|How big are you?|Hello! Who are you?|Do you have a name?""",
    ABILITIES: """What can you do?|Help|How can you help me?|What are you able to do?|What do you know?|help me|What are your skills?|What can I ask you?|What can I ask?
What are you good at?|Hi, what can you do?|Hello, what can you do for me?|How do I use you?|What do you do?|Show me what you can do|What are your abilities?|Help!|?
Can you help me?|I need help|What should I ask you?|What tasks can you do?|List your skills.|Tell me what you can do.|What is possible here?|How does this work?""",
    "I am doing well, thank you. How can I help you?": """How are you?|How are you today?|How is it going?|Hi, how are you?|Hello, how are you doing?|How do you do?
How's it going?|What's up?|How are things?|Are you well?|how r u|Hey, how are you?|How have you been?|Are you okay?|Everything fine?|How is your day?|sup""",
    "You are welcome!": """Thank you|Thanks|Thanks!|Thank you!|Thanks a lot|Thank you very much|Thank you so much!|thx|Many thanks|Great, thanks|Perfect, thank you.|Thanks for your help
Ok thanks|I appreciate it|Thanks, that helps|That was helpful|Good job|Well done|Nice work!|Very good|Great!|Awesome|Cool|Okay|OK|Good|Nice|Perfect""",
    "Goodbye! Have a nice day.": """Bye|Goodbye|See you later|Goodbye!|Bye bye|See you|Good night|Farewell|See you tomorrow!|I have to go|Talk to you later|Bye!|That is all|Take care
I am leaving now|Stop|Quit|Exit|See you soon|Until next time|Have a nice day|cya""",
}
OPENERS = {opener: reply for reply, openers in TALK.items() for opener in openers.replace("\n", "|").split("|")}


def small_talk(rng: random.Random, held_out: bool) -> Example:
    opener = choose(rng, list(OPENERS), held_out)
    return Example("small_talk", opener, OPENERS[opener])
