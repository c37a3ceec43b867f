"""The format of template lists: separated by `|` or by line ends, with `\\n` for a line break inside a template."""


def templates(text: str) -> list[str]:
    return [template.replace("\\n", "\n") for template in text.replace("\n", "|").split("|")]
