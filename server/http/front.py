"""The page at ``/``: where one can go on this node, in the visitor's language."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

STYLE_ADDRESS = "/front.css"


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    lead: str
    shop: tuple[str, str]
    console: tuple[str, str]
    documents: str
    rest: str
    events: str


_WORDS = {
    "en": _Words(
        title="Kefu: customer service",
        lead="Customers ask, people answer. This server is running.",
        shop=("Demo shop", "Where customers look around, and ask in the corner of the page."),
        console=("Console", "Where agents sign in and answer."),
        documents="For programs:",
        rest="REST API",
        events="Socket.IO API",
    ),
    "zh-CN": _Words(
        title="Kefu 客服",
        lead="顾客来问，有人来答。这台服务器正在运行。",
        shop=("演示商店", "顾客在这里逛店，在页面一角提问。"),
        console=("客服工作台", "客服在这里登录、接待。"),
        documents="供程序使用：",
        rest="REST 接口",
        events="Socket.IO 接口",
    ),
}

STYLE = """\
:root {
  color-scheme: light dark;
  --page: #f5f9f7; --surface: #ffffff; --border: #dee2e0; --text: #1a1f1d; --soft: #636a67;
  --accent: #2f6f5e; --hover: #eef2f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1210; --surface: #151917; --border: #2b302e; --text: #eaf0ed; --soft: #979d9a;
    --accent: #acc5bf; --hover: #232826;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body {
  display: grid; align-content: center; min-height: 100vh; padding: 32px 20px;
  color: var(--text); background: var(--page);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif;
}
main { width: 100%; max-width: 440px; margin: 0 auto; }
h1 { font-size: 28px; font-weight: 600; line-height: 1.25; }
.lead { margin: 4px 0 24px; color: var(--soft); text-wrap: pretty; }
ul { list-style: none; }
.ways {
  overflow: hidden; border: 1px solid var(--border); border-radius: 16px;
  background: var(--surface);
}
.ways li + li { border-top: 1px solid var(--border); }
.ways a { display: block; padding: 16px 20px; color: inherit; text-decoration: none; }
.ways a:hover { background: var(--hover); }
.ways strong { display: block; color: var(--accent); font-weight: 600; }
.ways span { color: var(--soft); font-size: 14px; text-wrap: pretty; }
.documents { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 20px; font-size: 14px; }
.documents li { color: var(--soft); }
.documents a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.ways a:focus-visible { outline-offset: -2px; border-radius: 16px; }
"""


def language_of(accepted: str) -> str:
    """Return the language of the page for an ``Accept-Language`` header."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().partition(";")
        found = re.fullmatch(r"\s*q=(\d(?:\.\d{1,3})?)\s*", weight)
        wanted.append((float(found[1]) if found else 1.0, tag.strip().lower()))
    for weight, tag in sorted(wanted, key=lambda one: -one[0]):
        if weight and tag.split("-")[0] in ("en", "zh"):
            return "zh-CN" if tag.startswith("zh") else "en"
    return "en"


def page(language: str, *, has_shop: bool) -> str:
    """Return the page as HTML. What it looks like is linked: nothing stands inline."""
    words = _WORDS[language]
    ways = [("/console/", *words.console)]
    if has_shop:
        ways.insert(0, ("/shop/", *words.shop))
    documents = [
        ("/api/openapi.json", words.rest),
        ("/api/asyncapi.json", words.events),
    ]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{words.title}</title>\n"
        f'<link rel="stylesheet" href="{STYLE_ADDRESS}">\n'
        '<link rel="icon" href="/console/icon.svg">\n'
        f'<main>\n<h1>Kefu</h1>\n<p class="lead">{words.lead}</p>\n'
        f'<ul class="ways">\n{_ways(ways)}\n</ul>\n'
        f'<ul class="documents">\n<li>{words.documents}</li>\n{_links(documents)}\n</ul>\n'
        "</main>\n</html>\n"
    )


def _ways(ways: Sequence[tuple[str, str, str]]) -> str:
    return "\n".join(
        f'<li><a href="{html.escape(to)}"><strong>{name}</strong> <span>{text}</span></a></li>'
        for to, name, text in ways
    )


def _links(links: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f'<li><a href="{html.escape(to)}">{name}</a></li>' for to, name in links)
