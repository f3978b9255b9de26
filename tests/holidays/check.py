"""Checks the official days that ship with the rules against PyPI's chinesecalendar, day by day.

A year that either side has and the other has not is a failure: a year is published, or it is not.
"""

import datetime
import pathlib
import sys

from chinese_calendar.constants import Holiday, holidays, workdays

DATA = pathlib.Path(__file__).parents[2] / "api/domain/data/official_days.txt"
# The names that they shorten.
FULL = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
FULL["中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"] = "抗战胜利70周年纪念日"


def theirs():
    name = {holiday.value: FULL.get(holiday.chinese, holiday.chinese) for holiday in Holiday}
    days = {day: ("rest", name[holiday]) for day, holiday in holidays.items()}
    days.update({day: ("work", name[holiday]) for day, holiday in workdays.items()})
    return days


def ours():
    years, days = set(), {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, rest = line.split(" ", 1)
        if word == "year":
            years.add(int(rest.split(" ")[0]))
            continue
        first, last, name = rest.split(" ", 2)
        day = datetime.date.fromisoformat(first)
        while day <= datetime.date.fromisoformat(last):
            if day in days:
                sys.exit(f"{day} stands twice in {DATA}")
            days[day] = (word, name)
            day += datetime.timedelta(days=1)
    return years, days


def main():
    years, days = ours()
    expected = theirs()
    wrong = sorted(day for day in days.keys() | expected.keys() if days.get(day) != expected.get(day))
    for day in wrong:
        print(f"{day}: ours {days.get(day)}, theirs {expected.get(day)}")
    published = {day.year for day in expected}
    if years != published:
        print(f"published years: only ours {sorted(years - published)}, only theirs {sorted(published - years)}")
    if wrong or years != published:
        sys.exit(1)
    print(f"{len(days)} official days of {len(years)} years are as chinesecalendar has them.")


main()
