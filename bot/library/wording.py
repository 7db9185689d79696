"""What can be told from the wording of a text: numbers with units, places named, its script, catch-all options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_UNITS = (
    r"mm|cm|km/h|km|m/s|mph|kmh|kg|g|lbf|lbs|lb|kN|N|kV|mV|V|mA|A|kPa|Pa|psi|bar|dBA|dB\(A\)|dB|ppm|lux|lx|Hz|kHz|W|kW|"
    r"m|ft|feet|foot|in|inch(?:es)?|yd|yards?|met(?:re|er)s?|metros?|pies|pulgadas?|litros?|lit(?:re|er)s?|L|"
    r"°\s?[CF]|℃|℉|%|degrees?|grados|"
    r"seconds?|minutes?|min|hours?|days?|weeks?|months?|years?|segundos?|minutos?|horas?|d[ií]as?|semanas?|meses|años?|"
    r"米|厘米|毫米|公里|千米|公斤|千克|克|吨|伏|千伏|安|毫安|分贝|升|度|摄氏度|兆帕|千帕|秒|分钟|小时|天|周|个月|年|倍|"
    r"мм|см|км/ч|км|м/с|м|кг|т|л|кВ|В|мА|А|кПа|МПа|дБА?|Гц|кВт|Вт|лк|"
    r"метр(?:а|ов|ах)?|фут(?:а|ов|ах)?|дюйм(?:а|ов)?|литр(?:а|ов)?|градус(?:а|ов)?|секунд[аыу]?|минут[аыу]?|мин|час(?:а|ов)?|ч|"
    r"день|дн(?:я|ей)|недел[яиюь]|месяц(?:а|ев)?|год(?:а|у)?|лет|"
    r"أمتار|متر(?:ًا|اً|ا)?|سم|مم|كم|م|قدم(?:ًا|اً|ا)?|أقدام|بوصات|بوصة|كيلومتر(?:ات|ًا|اً|ا)?|كيلوغرام(?:ات|ًا|اً|ا)?|كغ|كجم|غرامات?|"
    r"أطنان|طن|فولت|أمبير|ديسيبل|لتر(?:ات|ًا|اً|ا)?|درجات|درجة|٪|"
    r"ثوان|ثوانٍ|ثواني|ثانية|دقائق|دقيقة|ساعات|ساعة|أيام|يوم(?:ًا|اً|ا)?|أسابيع|أسبوع(?:ًا|اً|ا)?|أشهر|شهر(?:ًا|اً|ا)?|سنوات|سنة"
)
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_.\-])\d+(?:[.,]\d+)*\s?(?:{_UNITS})(?![A-Za-z0-9\u00c0-\u024f\u0400-\u04ff\u0620-\u065f])"
)
_IN_BRACKETS = re.compile(r"\([^()]*\)|（[^（）]*）")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPTS = {"zh": _HAN, "ar": re.compile(r"[\u0620-\u064a]"), "ru": re.compile(r"[\u0400-\u04ff]")}
"""The letters a language is written in, where they are not the Latin ones."""
_LETTER = re.compile(r"[^\W\d_]")
_CATCH_ALL = re.compile(
    r"^(all|none|both) of (the|these) (above|options)|^(all|none) of (them|these)|"
    r"^(以上|上述)(都|全|均|皆|所有)|^以上(选项)?(都|全)|"
    r"^todas? las (anteriores|opciones)|^todo lo anterior|^ningun[ao] de (las|los) anteriores|"
    r"^вс[её] (перечисленное|вышеперечисленное|из перечисленного)|^ничего из (перечисленного|этого)|"
    r"^(كل|جميع) (ما|هذه|الخيارات|الإجابات)( (سبق|ذكر|السابقة|الخيارات|الإجابات|صحيحة))?$|^لا شيء (مما سبق|مما ذكر|من هذه)",
    re.IGNORECASE,
)
PLACE_NAMES: Mapping[str, tuple[str, ...]] = {
    "US": (
        "US",
        "U.S.",
        "USA",
        "OSHA",
        "NIOSH",
        "United States",
        "America",
        "美国",
        "EE. UU.",
        "EE.UU.",
        "Estados Unidos",
        "США",
        "мерик",
        "الولايات المتحدة",
        "أمريك",
    ),
    "UK": ("UK", "Britain", "British", "HSE", "英国", "Reino Unido", "GB", "ритан", "المملكة المتحدة", "بريطاني"),
    "GB": ("UK", "Britain", "British", "HSE", "英国", "Reino Unido", "ритан", "المملكة المتحدة", "بريطاني"),
    "EU": ("EU", "European", "Europe", "欧盟", "欧洲", "UE", "Europa", "europe", "ЕС", "вроп", "أوروب"),
    "CN": (
        *(
            "CN",
            "China",
            "Chinese",
            "中国",
            "国标",
            "我国",
            "GB ",
            "GB/T",
            "国家标准",
            "chin",
            "Кита",
            "кита",
            "الصين",
            "صين",
        ),
    ),
}


def numbers(text: str) -> list[str]:
    """Numbers with a unit, the same measure in brackets ("6 ft (1.8 m)") not counted again."""
    return [found[0] for found in _NUMBER.finditer(_IN_BRACKETS.sub(" ", text))]


def names_place(text: str, jurisdictions: Iterable[str]) -> bool:
    """Whether the text names one of its jurisdictions, in any of our languages."""
    return any(name in text for code in jurisdictions for name in PLACE_NAMES.get(code.split("-")[0], (code,)))


def is_catch_all(text: str) -> bool:
    """Whether an option is "all of the above" or its like, which breaks when options are shuffled."""
    return bool(_CATCH_ALL.search(text.strip()))


def han_characters(text: str) -> int:
    """The number of Chinese characters."""
    return len(_HAN.findall(text))


def seems_untranslated(texts: Mapping[str, str], language: str, base: str) -> bool:
    """Whether a text is probably not in its language: the base's words again, or hardly a letter of its script."""
    text = texts[language]
    if language.split("-")[0] in _SCRIPTS:
        return lacks_script(text, language)
    return language != base and len(text.split()) >= 4 and text == texts.get(base)


def lacks_script(text: str, language: str, least: int = 8) -> bool:
    """Whether fewer than three in ten letters are of the language's own script; never below `least` letters in all."""
    script = _SCRIPTS.get(language.split("-")[0])
    letters = len(_LETTER.findall(text))
    return script is not None and letters >= least and len(script.findall(text)) < 0.3 * letters


def words(text: str) -> int:
    """Words as a reader counts them: what stands between spaces and has a letter or digit."""
    return sum(any(character.isalnum() for character in part) for part in text.split())
