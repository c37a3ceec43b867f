"""The skills of the model: one file per skill, each with a function that generates an example."""
