"""Numbers as people write them: 25, 二十五, 两, 二〇二六, three."""

DIGITS = "零一二三四五六七八九"
SAME = str.maketrans({"〇": "零", "两": "二", "俩": "二", "廿": "二十", "卅": "三十"})
SCALES = {"十": 10, "百": 100}
ENGLISH = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "a couple of": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "twenty": 20,
}

CHINESE_DIGITS = "零〇一二两三四五六七八九十百廿卅"
CHINESE_NUMBER = f"[{CHINESE_DIGITS}]{{1,6}}"
NUMBER = rf"(?:\d{{1,4}}|{CHINESE_NUMBER})"
ENGLISH_NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(ENGLISH, key=len, reverse=True))})"


def number(text: str) -> int:
    """The whole number that was written, in digits, in Chinese or in English."""
    if text.isdecimal():
        return int(text)
    if text.lower() in ENGLISH:
        return ENGLISH[text.lower()]
    text = text.translate(SAME)
    if not any(scale in text for scale in SCALES):
        return int("".join(str(DIGITS.index(digit)) for digit in text))
    total, digit = 0, 0
    for char in text:
        if char in SCALES:
            total += (digit or 1) * SCALES[char]
            digit = 0
        else:
            digit = DIGITS.index(char)
    return total + digit
