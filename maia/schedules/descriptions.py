"""A type's description: Markdown in, HTML that is safe to show out (rule 3.2)."""

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "hr", "code"}


@lru_cache(maxsize=500)  # ten megabytes at most; the list of all types costs a tenth of a second
def description_html(markdown: str) -> SafeString:
    """Links open apart from the booking page, which may be in a frame, and tell nothing of it."""
    html = nh3.clean(
        _MARKDOWN.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel"},
    )
    return mark_safe(html)  # noqa: S308  nh3 has just made it so


def is_long(markdown: str) -> bool:
    """Whether it would push the times out of sight on a phone: more than about six lines there."""
    return sum(1 + len(line) // 42 for line in markdown.splitlines()) > 6


def description_text(markdown: str) -> str:
    """The same without markup, for the text of an email: lines, lists, and links as addresses."""
    lines: list[str] = []
    marks: list[str] = []  # of the list items that are open: each stands before one line
    for token in _MARKDOWN.parse(markdown):
        if token.type == "list_item_open":
            marks.append(f"{token.info}. " if token.info else "- ")
        elif token.type in ("inline", "code_block", "fence"):
            mark = marks.pop() if marks else ""
            lines.append(mark + _plain(token).strip())
        elif token.type == "paragraph_close" and not token.hidden:
            lines.append("")
        elif token.type in ("bullet_list_close", "ordered_list_close", "heading_close"):
            marks.clear()
            lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _plain(token: Token) -> str:
    if token.children is None:
        return token.content
    parts, address = [], ""
    for child in token.children:
        match child.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                address = str(child.attrs.get("href", ""))
            case "link_close":
                parts.append(f" ({address})" if address not in "".join(parts) else "")
            case _:
                parts.append(child.content)
    return "".join(parts)
