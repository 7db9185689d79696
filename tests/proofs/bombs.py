"""Files that were made to do harm: small ones that would be large, ones that lie about themselves, and ones that are two things."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

ROWS = 1_048_576
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/></Types>'
)


def rels(what: str, target: str) -> bytes:
    """One relationship."""
    one = f'<Relationship Id="rId1" Type="{OFFICE}/{what}" Target="{target}"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'.encode()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Questions" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def zipped(entries: dict[str, bytes], level: int = 9) -> bytes:
    """A zip of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(sheet: str, more: dict[str, bytes] | None = None, head: str = '<?xml version="1.0"?>') -> bytes:
    """The smallest workbook with one sheet of this XML."""
    entries = {
        "[Content_Types].xml": CONTENT_TYPES.encode(),
        "_rels/.rels": rels("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": WORKBOOK.encode(),
        "xl/_rels/workbook.xml.rels": rels("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}">{sheet}</worksheet>'.encode(),
    }
    return zipped(entries | (more or {}))


def cell(ref: str, words: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{words}</t></is></c>'


def archives() -> Iterator[tuple[str, bytes]]:
    """Zips: of zeros, ten thousand to one; of zips of zips; with a size that lies; with names that lead outside; with too many."""
    zeros = zipped({"bank.csv": b"\0" * 150_000_000})
    yield "zeros.zip", zeros
    nested = zipped({f"{n}.zip": zipped({"bank.csv": b"\0" * 30_000_000}) for n in range(6)})
    yield "nested.zip", zipped({f"{n}.zip": nested for n in range(6)})
    lying = bytearray(zeros)
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    yield "lying.zip", bytes(lying)
    for name in (
        "../../../../tmp/davy-was-here.csv",
        "/tmp/davy-was-here.csv",
        "..\\..\\davy-was-here.csv",
        "C:\\x.csv",
        "a/../../b.csv",
    ):
        yield "outside.zip", zipped({name: b"id,stem\n1,x\n", "../davy-was-here.png": b"\x89PNG"})
    yield "many.zip", zipped({f"{n}.csv": b"" for n in range(20_000)}, 1)
    yield "cut.zip", zeros[: len(zeros) // 2]
    yield "overlapping.zip", _overlapping(zipped({"a.csv": b"a,b\n" * 500_000}), 2_000)


def _overlapping(one: bytes, times: int) -> bytes:
    """A directory in which every entry is the same data: unpacked, two thousand times as much."""
    at = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry, tail = one[at:end], bytearray(one[end:])
    tail[8:12] = struct.pack("<HH", times, times)
    tail[12:16] = struct.pack("<I", len(entry) * times)
    return one[:at] + entry * times + bytes(tail)


def workbooks() -> Iterator[tuple[str, bytes]]:
    """Workbooks: of a billion cells, far away cells, shared texts without end, entities, macros, formulas, links outside."""
    yield (
        "dimension.xlsx",
        workbook(f'<dimension ref="A1:XFD{ROWS}"/><sheetData><row r="1">{cell("A1", "id")}</row></sheetData>'),
    )
    yield "far.xlsx", workbook(f'<sheetData><row r="{ROWS}">{cell(f"XFD{ROWS}", "x")}</row></sheetData>')
    yield "beyond.xlsx", workbook(f'<sheetData><row r="99999999999">{cell("ZZZZZ99999999999", "x")}</row></sheetData>')
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "x")}</row>' for n in range(1, 60_000))
    yield "rows.xlsx", workbook(f"<sheetData>{rows}</sheetData>")
    shared = f'<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>{"x" * 90_000_000}</t></si></sst>'
    yield "shared.xlsx", workbook("<sheetData/>", {"xl/sharedStrings.xml": shared.encode()})
    index = '<sheetData><row r="1"><c r="A1" t="s"><v>4000000000</v></c></row></sheetData>'
    yield "no-such-text.xlsx", workbook(index)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "ha">{laughs}]>'
    yield "laughs.xlsx", workbook(f'<sheetData><row r="1">{cell("A1", "&a11;")}</row></sheetData>', head=head)
    outside = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield "external.xlsx", workbook(f'<sheetData><row r="1">{cell("A1", "&x;")}</row></sheetData>', head=outside)
    yield "deep.xlsx", workbook("<a>" * 200_000)
    yield "macros.xlsm", workbook("<sheetData/>", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 512})
    yield "macros-renamed.xlsx", workbook("<sheetData/>", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 512})
    formula = '<sheetData><row r="1"><c r="A1"><f>cmd|\'/C calc\'!A0</f><v>1</v></c></row></sheetData>'
    yield "formula.xlsx", workbook(formula)
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096
    yield "encrypted.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4096


def texts() -> Iterator[tuple[str, bytes]]:
    """Entities in Moodle XML, anchors in YAML, other encodings, NULs, one line without an end, brackets without an end."""
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    yield "laughs.xml", f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY e0 "ha">{laughs}]><quiz>&e11;</quiz>'.encode()
    yield (
        "external.xml",
        b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
    )
    yield "parameter.xml", b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><quiz/>'
    quadratic = "&q;" * 50_000
    yield (
        "quadratic.xml",
        f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY q "{"x" * 50_000}">]><quiz>{quadratic}</quiz>'.encode(),
    )
    yield "deep.xml", b"<quiz>" + b"<a>" * 300_000
    yield "attributes.xml", b"<quiz " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/>"
    anchors = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield "anchors.yaml", anchors.encode()
    yield "tags.yaml", b"!!python/object/apply:os.system ['touch /tmp/davy-was-here']\n"
    yield "deep.yaml", b"[" * 300_000
    yield "keys.yaml", b"? " * 50_000
    plain = "id,type,stem\n1,tf,Is it off?\n"
    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1251", "gb18030", "shift_jis", "cp037"):
        yield f"{encoding}.csv", plain.encode(encoding)
    yield "mixed.csv", "id,stem\n1,ж\n".encode() + "2,ж\n".encode("cp1251") + "3,中\n".encode("gb18030")
    yield "nul.csv", b"id,stem\n1,a\0b\n\0\0\0"
    yield "line.csv", b"id,stem\n1," + b"x" * 15_000_000
    yield "quotes.csv", b'id,stem\n1,"' + b'""' * 3_000_000
    yield "commas.csv", b"," * 10_000_000
    yield "braces.gift", b"{" * 1_000_000
    yield "backslashes.gift", b"::a::x {=" + b"\\" * 2_000_000
    yield "markup.gift", b"::a::" + b"<p><b><i>" * 200_000 + b" {TRUE}"
    yield "lines.aiken", b"A. x\n" * 500_000
    yield "surrogates.gift", "::One::Is it \ud800 off? {TRUE}".encode("utf-8", "surrogatepass")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes = b"", more: bytes = b"") -> bytes:
    """A picture that says it is so large, with whatever rows there are."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", zlib.compress(data, 9)) + _chunk(b"IEND", b"")


def pictures() -> Iterator[tuple[str, bytes]]:
    """Pictures: 60,000 by 60,000, texts that unpack without end, frames without end, cut off, and two things at once."""
    yield "huge.png", png(60_000, 60_000, b"\0" * 180_001 * 20)
    yield "wide.png", png(2**31 - 1, 1)
    yield "none.png", png(0, 0)
    yield "text.png", png(4, 4, b"\0" * 52, _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 200_000_000, 9)))
    yield "profile.png", png(4, 4, b"\0" * 52, _chunk(b"iCCP", b"a\0\0" + zlib.compress(b"x" * 200_000_000, 9)))
    yield "frames.gif", _gif(20_000)
    yield "large.gif", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x80\0\0" + b"\0" * 6 + b";"
    yield (
        "huge.bmp",
        b"BM"
        + struct.pack("<IHHI", 100, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0),
    )
    good = png(64, 64, (b"\0" + b"\x80" * 192) * 64)
    yield "cut.png", good[: len(good) // 2]
    yield "zip.png", good + zipped({"x.csv": b"\0" * 1_000_000})
    yield "page.png", good + b"<script>alert(1)</script>"
    yield "page.jpg", b"<html><script>alert(1)</script>" + good
    yield (
        "script.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="60000" height="60000"><script>alert(1)</script></svg>',
    )
    yield "program.jpg", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n" + b"\xff" * 500
    yield "empty.jpg", b""
    yield "noise.webp", b"RIFF\xff\xff\xff\x7fWEBPVP8L" + b"\xff" * 4000
    yield (
        "huge.tif",
        b"II*\0\x08\0\0\0\x03\0"
        + b"".join(struct.pack("<HHII", tag, 4, 1, 60_000) for tag in (256, 257, 273))
        + b"\0" * 8,
    )


def _gif(frames: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HH", 2000, 2000) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"!\xf9\x04\0\0\0\0\0" + b"," + struct.pack("<HHHH", 0, 0, 2000, 2000) + b"\0" + b"\x02\x02\x4c\x01\0"
    return head + frame * frames + b";"


def films() -> Iterator[tuple[str, bytes]]:
    """Films whose boxes hold themselves, are longer than the file, or go down without end."""
    kind = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")
    yield "endless.mp4", kind + struct.pack(">I4s", 0, b"moov") + struct.pack(">I4s", 0, b"moov") * 50_000
    yield "long.mp4", kind + struct.pack(">I4sQ", 1, b"moov", 2**63)
    deep = b""
    for _ in range(5_000):
        deep = struct.pack(">I4s", len(deep) + 8, b"moov") + deep
    yield "deep.mp4", kind + deep
    yield "small.mp4", kind + struct.pack(">I4s", 3, b"moov") * 10_000
