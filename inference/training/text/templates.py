"""How lists of templates are written down: separated by `|` or by the end of a line, with `\\n` for a line break inside one."""


def templates(text: str) -> list[str]:
    return [template.replace("\\n", "\n") for template in text.replace("\n", "|").split("|")]
