"""The words of the console as they stand in its files."""

from server.places import PROJECT

WORDS = PROJECT / "web" / "console" / "src" / "i18n"


def console_words(language: str) -> str:
    """Return the lines of a language, of all places together."""
    return "\n".join(each.read_text("utf-8") for each in sorted((WORDS / language).glob("*.ts")))
