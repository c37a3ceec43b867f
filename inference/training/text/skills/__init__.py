"""What the model is taught: one file per skill, each a function that draws an example."""
