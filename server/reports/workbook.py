"""A sheet as Excel reads it (XLSX, ECMA-376): texts, numbers in their format, a header that stays.

Texts are stored as texts, never as formulas. What a spreadsheet would take for one as soon as it is
edited, or saved as CSV, is defused all the same.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from server.services.admin.exchange.tables import defused

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The same sheet is the same file."""

NOT_XML: Final = {number: None for number in range(32) if number not in {9, 10, 13}} | {
    0xFFFE: None,
    0xFFFF: None,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how Excel is to show it."""

    value: float
    shown: str


Cell = str | Number | None


def sheet(name: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet; its first row is the header. At most 31 letters of a name."""
    formats: dict[str, int] = {}
    lines = [_row(number, row, formats) for number, row in enumerate(rows, 1)]
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name={quoteattr(_text(name)[:31])} sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _links(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
        ),
        "xl/styles.xml": _styles(formats),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" '
            'state="frozen"/></sheetView></sheetViews>'
            f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for path, text in parts.items():
            written = zipfile.ZipInfo(path, MOMENT)
            written.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(written, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)
    return out.getvalue()


def _row(number: int, row: Sequence[Cell], formats: dict[str, int]) -> str:
    cells = "".join(_cell(cell, formats, is_head=number == 1) for cell in row)
    return f'<row r="{number}">{cells}</row>'


def _cell(cell: Cell, formats: dict[str, int], *, is_head: bool) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, Number):
        style = formats.setdefault(cell.shown, len(formats) + 2)
        return f'<c s="{style}"><v>{cell.value!r}</v></c>'
    text = escape(_text(defused(cell)))
    return f'<c s="{int(is_head)}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _text(text: str) -> str:
    """Leave out what XML cannot say."""
    return text.translate(NOT_XML).encode("utf-8", "ignore").decode()


def _styles(formats: dict[str, int]) -> str:
    """Return styles: 0 plain, 1 the header, then one for each format of numbers."""
    codes = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>'
        for place, code in enumerate(formats)
    )
    styles = "".join(
        f'<xf numFmtId="{164 + place}" applyNumberFormat="1"/>' for place in range(len(formats))
    )
    known = f'<numFmts count="{len(formats)}">{codes}</numFmts>' if formats else ""
    return (
        f'<styleSheet xmlns="{MAIN}">{known}'
        '<fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 2}"><xf/><xf fontId="1" applyFont="1"/>{styles}</cellXfs>'
        "</styleSheet>"
    )


def _links(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{LINKS}">{links}</Relationships>'


def _content_types() -> str:
    kinds = {
        "/xl/workbook.xml": f"{TYPE}.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{TYPE}.worksheet+xml",
        "/xl/styles.xml": f"{TYPE}.styles+xml",
    }
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{kind}"/>' for path, kind in kinds.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{KINDS}"><Default Extension="rels" ContentType="{relations}"/>'
        f"{overrides}</Types>"
    )
