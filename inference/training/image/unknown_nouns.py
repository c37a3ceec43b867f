"""Nouns that the model cannot draw. Training teaches it to refuse most of them. One sixth is held out for the evaluation."""

NOUNS = """
elephant lion tiger horse cow pig sheep goat rabbit mouse bear wolf fox deer monkey snake frog turtle shark whale dolphin octopus
crab spider ant bee butterfly camel giraffe zebra kangaroo dinosaur dragon unicorn robot man woman boy girl baby king queen knight
wizard pirate soldier doctor teacher astronaut train bus truck bicycle motorcycle airplane helicopter submarine tank tractor bridge
castle tower church school hospital factory road river lake mountain hill forest desert beach island sea ocean volcano sky rain
snow storm rainbow lightning fire candle lamp table chair sofa bed desk door window wall roof garden fence computer phone laptop
keyboard screen camera clock watch book pen pencil paper letter box bag hat shirt shoe dress coat glove sock crown sword shield gun
hammer saw knife fork spoon plate bowl bottle pot pan pizza burger sandwich bread cake cookie cheese egg milk coffee tea juice
banana pear grape lemon cherry strawberry carrot potato tomato onion corn rice soup guitar piano drum violin trumpet football
basketball tennis skateboard kite balloon toy doll puzzle gift flag map globe key lock coin money wheel engine battery rope ladder
bucket broom mirror painting statue planet comet galaxy satellite alien ghost monster skeleton skull zombie vampire witch angel
hand foot eye nose ear mouth face hair tooth bone brain landscape city village street portrait sunset party dance music game story
idea physics love
""".split()
HELD_OUT_NOUNS = NOUNS[::6]
TRAINED_NOUNS = [noun for index, noun in enumerate(NOUNS) if index % 6]
SENTENCES = ["hello", "hello world", "good morning", "how are you", "what is the time", "tell me a story", "thank you", "yes", "no", "test", "nothing", "something", "a", "the", "?"]
