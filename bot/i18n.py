"""The words of the interface: Fluent files, one for each language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

DEFAULT_LANGUAGE = "en"


def _languages() -> tuple[str, ...]:
    """The languages that there are files of: English first, then by their codes."""
    names = (place.name for place in files("bot").joinpath("locales").iterdir())
    codes = {name.removesuffix(".ftl") for name in names if name.endswith(".ftl")}
    return (DEFAULT_LANGUAGE, *sorted(codes - {DEFAULT_LANGUAGE}))


LANGUAGES = _languages()


class MissingText(KeyError):
    """A key that no language has, or a text whose variables were not all given: a fault of the program."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        self.reason = reason
        super().__init__(f"{key}: {reason}")


class Translator:
    """Says things in one language."""

    def __init__(self, language: str, bundle: FluentBundle) -> None:
        self.language = language
        self._bundle = bundle

    def __call__(self, key: str, **values: str | int | float) -> str:
        """The text of a key with its variables filled in. Raises `MissingText`."""
        if not self._bundle.has_message(key):
            raise MissingText(key, f"not in {self.language}")
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise MissingText(key, f"has no text in {self.language}")
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise MissingText(key, "; ".join(str(error) for error in errors))
        return str(text)


class Texts:
    """All languages."""

    languages = LANGUAGES

    def __init__(self) -> None:
        self._translators = {language: Translator(language, _bundle(language)) for language in LANGUAGES}

    def translator(self, language_code: str | None) -> Translator:
        """The language of a Telegram language code such as `ru` or `pt-br`; English where we have none."""
        language = (language_code or DEFAULT_LANGUAGE).split("-")[0].lower()
        return self._translators.get(language, self._translators[DEFAULT_LANGUAGE])

    def own_name(self, language: str) -> str:
        """What a language is called by those who speak it."""
        return self._translators[language]("language-name")


# Parsed once for all who ask: two languages take a third of a second. Nobody changes a bundle.
@cache
def _bundle(language: str) -> FluentBundle:
    # Isolating marks around variables would show as boxes in some Telegram clients.
    bundle = FluentBundle([language], use_isolating=False)
    text = files("bot").joinpath("locales", f"{language}.ftl").read_text(encoding="utf-8")
    # Without where each piece stands, which is half of its memory.
    bundle.add_resource(FluentParser(with_spans=False).parse(text))
    return bundle
