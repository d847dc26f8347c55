"""A page in all languages: what a reader sees in each of them, and the switch between them."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from priorscope.report.page import LARGEST, allowed, environment, script_html, script_json, source
from priorscope.wording.language import LANGUAGES, NAMES, Language, speaking, spoken

Shown = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What a page's template is filled with, and what its script reads in this language."""


def page_in_languages(
    name: str,
    shown: Callable[[], Shown],
    *,
    scripts: tuple[str, ...] = (),
    data: Mapping[str, Any] | None = None,
) -> str:
    """The page `name`.html around the body `name`_body.html, opened in the language spoken.

    The bodies of the other languages are inside, unless they are too large; then it speaks its own.

    shown: makes `Shown` of the language spoken. scripts: names beside the templates.
    data: what the scripts read in any language.
    """
    own_body, own_words, title = _body(name, shown, spoken(), LANGUAGES)
    others = {}
    for language in LANGUAGES:
        if language != spoken():
            body, words, other_title = _body(name, shown, language, LANGUAGES)
            payload = script_json({**words, "title": other_title})
            others[language] = f'{{"body":{script_html(body)},"payload":{payload}}}'
    stored = "{" + ",".join(f'"{language}":{told}' for language, told in others.items()) + "}"
    if len(stored.encode()) + len(own_body.encode()) > LARGEST:
        own_body, own_words, title = _body(name, shown, spoken(), (spoken(),))
        stored = ""
    texts = [Markup(source(script)) for script in ("language.js", *scripts)]
    return (
        environment()
        .get_template(f"{name}.html")
        .render(
            title=title,
            language=spoken(),
            body=Markup(own_body),
            payload=script_json({**(data or {}), **own_words}),
            others=Markup(stored),
            scripts=texts,
            script_sources=Markup(" ".join(map(allowed, texts))),
        )
    )


def _body(
    name: str, shown: Callable[[], Shown], language: Language, there: tuple[Language, ...]
) -> tuple[str, dict[str, Any], str]:
    """Everything that a reader sees, the script's words, and the title."""
    with speaking(language):
        values, words = shown()
        names = {each: NAMES[each] for each in there}
        body = (
            environment()
            .get_template(f"{name}_body.html")
            .render(language=language, languages=names, **values)
        )
        return body, dict(words), str(values["title"])
