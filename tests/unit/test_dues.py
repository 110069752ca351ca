from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.reading.dues import read_due, split_promise
from handlers.rules.calendar import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE)
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=ZONE).astimezone(UTC)
WEDNESDAY = datetime(2026, 11, 25, 15, 0, tzinfo=ZONE).astimezone(UTC)

# A date alone is due at 18:00, when the team's day ends.
SAID_ON_SATURDAY_MORNING = """
周五前 | 2026-11-27
下周三下午3点 | 2026-11-25 15:00
3天内 | 2026-11-24
月底 | 2026-11-30
月底前 | 2026-11-30
12月1日前 | 2026-12-01
明天 | 2026-11-22
后天 | 2026-11-23
大后天下午 | 2026-11-24
明早9点 | 2026-11-22 09:00
今晚8点 | 2026-11-21 20:00
明天下午三点半 | 2026-11-22 15:30
半小时后 | 2026-11-21 09:30
两周后 | 2026-12-05
下个月5号 | 2026-12-05
25号 | 2026-11-25
15号 | 2026-12-15
年底 | 2026-12-31
下月底 | 2026-12-31
这周日 | 2026-11-22
下下周一 | 2026-11-30
星期三上午10点 | 2026-11-25 10:00
下周五下班前 | 2026-11-27
三个工作日内 | 2026-11-25
元旦前 | 2026-12-31
2026年12月3日14:30 | 2026-12-03 14:30
11/28 | 2026-11-28
本周内 | 2026-11-22
by Friday 5pm | 2026-11-27 17:00
tomorrow | 2026-11-22
next Wednesday | 2026-11-25
in 3 days | 2026-11-24
end of month | 2026-11-30
by Dec 1 | 2026-12-01
in two hours | 2026-11-21 11:00
Nov 30, 2026 18:00 | 2026-11-30 18:00
the day after tomorrow | 2026-11-23
EOD | 2026-11-21
by end of day Friday | 2026-11-27
Friday EOD | 2026-11-27
Monday at 10am | 2026-11-23 10:00
Dec 5th noon | 2026-12-05 12:00
今天 | 2026-11-21
今日内 | 2026-11-21
今天下班前 | 2026-11-21
下班前 | 2026-11-21
当天 | 2026-11-21
明日 | 2026-11-22
明天中午前 | 2026-11-22 12:00
明天上午 | 2026-11-22 12:00
明晚 | 2026-11-22 22:00
明天晚上七点 | 2026-11-22 19:00
明天晚上12点 | 2026-11-22 24:00
明天24点前 | 2026-11-22 24:00
明天零点 | 2026-11-22 00:00
明天3点 | 2026-11-22 15:00
明天03:30 | 2026-11-22 03:30
明天8点45 | 2026-11-22 08:45
明天8点45分 | 2026-11-22 08:45
明天两点一刻 | 2026-11-22 14:15
明天20时30分 | 2026-11-22 20:30
大后天 | 2026-11-24
周一 | 2026-11-23
周六 | 2026-11-21
礼拜天 | 2026-11-22
星期日前 | 2026-11-22
下周五 | 2026-11-27
下个星期二 | 2026-11-24
下周一早上8点 | 2026-11-23 08:00
本周三 | 2026-11-18
下周 | 2026-11-29
下周内 | 2026-11-29
下周前 | 2026-11-22
周末 | 2026-11-22
下周末 | 2026-11-29
下周末前 | 2026-11-27
五天内 | 2026-11-26
十天之内 | 2026-12-01
5日内 | 2026-11-26
5日前 | 2026-12-05
一周内 | 2026-11-28
1个星期内 | 2026-11-28
两个月内 | 2027-01-21
半个月内 | 2026-12-06
一个半月内 | 2027-01-05
半年内 | 2027-05-21
1个工作日内 | 2026-11-23
5个工作日后 | 2026-11-27
两小时内 | 2026-11-21 11:00
半个小时内 | 2026-11-21 09:30
一个半小时后 | 2026-11-21 10:30
48小时内 | 2026-11-23 09:00
90分钟内 | 2026-11-21 10:30
月末 | 2026-11-30
本月底 | 2026-11-30
这个月底前 | 2026-11-30
本月内 | 2026-11-30
下个月底 | 2026-12-31
下月前 | 2026-11-30
下个月 | 2026-12-31
12月底 | 2026-12-31
2月底前 | 2027-02-28
12月前 | 2026-11-30
12月内 | 2026-12-31
12月中旬 | 2026-12-20
下旬 | 2026-11-30
3月上旬 | 2027-03-10
季末 | 2026-12-31
本季度末 | 2026-12-31
下季度末 | 2027-03-31
年内 | 2026-12-31
今年底 | 2026-12-31
明年底 | 2027-12-31
明年年底 | 2027-12-31
2027年底 | 2027-12-31
2027年年底 | 2027-12-31
12月1号 | 2026-12-01
十二月一日 | 2026-12-01
11月1日 | 2027-11-01
十一月二十五号下午五点 | 2026-11-25 17:00
2月29日 | 2028-02-29
明年3月1日 | 2027-03-01
2026-12-03 | 2026-12-03
2026-12-03 14:30 | 2026-12-03 14:30
2026-12-03T14:30 | 2026-12-03 14:30
2026/12/3 | 2026-12-03
2026.12.3 | 2026-12-03
二〇二六年十二月三日 | 2026-12-03
2026年11月3日 | 2026-11-03
25日前 | 2026-11-25
二十五号前 | 2026-11-25
31号 | 2026-12-31
25号17:00 | 2026-11-25 17:00
1/15前 | 2027-01-15
节前 | 2026-12-31
国庆前 | 2027-09-30
春节前 | 2027-02-04
年前 | 2027-02-04
五一前 | 2027-04-30
端午节前 | 2027-06-08
下午5点前 | 2026-11-21 17:00
8点 | 2026-11-21 20:00
8:00前 | 2026-11-21 20:00
08:00前 | 2026-11-22 08:00
上午8点前 | 2026-11-22 08:00
14:30 | 2026-11-21 14:30
最晚周三 | 2026-11-25
截止到12月1日 | 2026-12-01
不晚于周五 | 2026-11-27
延期到周五 | 2026-11-27
２５号前 | 2026-11-25
下週五 | 2026-11-27
today | 2026-11-21
tonight | 2026-11-21 22:00
tonight 8pm | 2026-11-21 20:00
tonight at 20:30 | 2026-11-21 20:30
this afternoon | 2026-11-21
tomorrow morning | 2026-11-22 12:00
tomorrow by 5 p.m. | 2026-11-22 17:00
5pm tomorrow | 2026-11-22 17:00
noon on Dec 5 | 2026-12-05 12:00
by midnight | 2026-11-21 24:00
by 17:30 | 2026-11-21 17:30
Sunday | 2026-11-22
by Fri | 2026-11-27
this Sunday | 2026-11-22
next week | 2026-11-29
end of next week | 2026-11-27
EOW | 2026-11-22
end of the year | 2026-12-31
end of next month | 2026-12-31
EOM | 2026-11-30
within a week | 2026-11-28
in two months | 2027-01-21
two weeks from now | 2026-12-05
in 3 working days | 2026-11-25
within 2 business days | 2026-11-24
in half an hour | 2026-11-21 09:30
in 30 minutes | 2026-11-21 09:30
1 December | 2026-12-01
1st of Dec 2027 | 2027-12-01
March 1 | 2027-03-01
by the 25th | 2026-11-25
no later than Nov 30 | 2026-11-30
2026-12-03 2:30 pm | 2026-12-03 14:30
大后天前 | 2026-11-24
放假前 | 2026-12-31
长假前 | 2026-12-31
元旦节前 | 2026-12-31
季末前 | 2026-12-31
四季度末前 | 2026-12-31
第一季度末 | 2027-03-31
二季度前 | 2027-03-31
Q2内 | 2027-06-30
本年度内 | 2026-12-31
年终前 | 2026-12-31
明年1月底 | 2027-01-31
2027年3月内 | 2027-03-31
明年3月前 | 2027-02-28
下月初 | 2026-12-10
下个月中 | 2026-12-15
12月初 | 2026-12-10
月中前 | 2026-12-15
俩小时内 | 2026-11-21 11:00
48h内 | 2026-11-23 09:00
一刻钟内 | 2026-11-21 09:15
半月之内 | 2026-12-06
次日中午前 | 2026-11-22 12:00
翌日 | 2026-11-22
零点前 | 2026-11-22 00:00
上班前 | 2026-11-22 08:00
下周一上班前 | 2026-11-23 08:00
明天下班前 | 2026-11-22
end of December | 2026-12-31
by mid-January | 2027-01-15
early March | 2027-03-10
by year-end | 2026-12-31
by end of today | 2026-11-21
by New Year | 2026-12-31
before the holidays | 2026-12-31
by half past three | 2026-11-21 15:30
by noon tomorrow | 2026-11-22 12:00
"""

SAID_ON_WEDNESDAY_AFTERNOON = """
周三 | 2026-11-25
周三前 | 2026-11-25
周三上午 | 2026-12-02 12:00
周三14:00 | 2026-12-02 14:00
周三16:00 | 2026-11-25 16:00
周二 | 2026-12-01
下周三 | 2026-12-02
本周五 | 2026-11-27
周末前 | 2026-11-27
25号 | 2026-11-25
25号14点 | 2026-12-25 14:00
by Wednesday 2pm | 2026-12-02 14:00
EOW | 2026-11-27
"""

INNOCENT = """
完成3号泵检修
巡检2号机组
学习第5条
学习第25号文件
检查1-3号机组
3号泵
3号泵检修
25号仓库盘点整理
整理会议三点意见
提出三点要求
背熟三天没背完
整改8处隐患
完成80%
完成1/2管道刷漆
每周五交报表
每周五
上周五没交的报表
一周一次巡检
周一至周五巡检
周一到周五
参加明天的会议
周三会议纪要
准备周五的例会材料
整理2026年度总结
整理11月报表
做好12月份计划
学习十一届三中全会精神
三天前说过
说明天气情况
明年开始戒烟
本周日常巡检
电话13800138000
配电室A3日志
版本2.5.1
温度25.5度
第3天
讲清为什么
开好班前会
设备前面清理干净
内部审核资料
检查后续整改
2月30日
每月5号前交报表
每月五号交报表
13月1日前
9999天内
25:00
read chapter 5
check pump 3
may need 2 people
march on
finish the Monday report
meet the sun shade crew
we sat and waited
page 12 of 40
3 pumps
version 2.5
fix valve A3
年终总结
发年终奖
整理年终盘点表
第三季度报表
整理一季度台账
明年1月报表
月初例会纪要
月中检查记录
日事日毕，次日清
上班路上注意安全
一刻不停地检查
写放假通知
排长假值班表
更换2h阀
finish the year-end report
write the New Year greetings
print the holiday roster
mid-level inspection
the second one
a week of training
24/7 duty
"""


def rows(table: str) -> list[tuple[str, str]]:
    pairs = [line.split(" | ") for line in table.strip().splitlines()]
    return [(text, due) for text, due in pairs]


def instant(written: str) -> datetime:
    day, _, clock = written.partition(" ")
    at = datetime.fromisoformat(day).replace(tzinfo=ZONE)
    hours, minutes = map(int, (clock or "18:00").split(":"))
    return at + timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize(("text", "expected"), rows(SAID_ON_SATURDAY_MORNING))
def test_a_due_time_is_read_as_people_mean_it(text: str, expected: str) -> None:
    due = read_due(text, SATURDAY, CALENDAR)
    assert due is not None
    assert due.at == instant(expected)
    assert due.day.isoformat() == expected[:10]
    assert due.timed is (" " in expected)
    assert due.at.tzinfo is UTC


@pytest.mark.parametrize(("text", "expected"), rows(SAID_ON_WEDNESDAY_AFTERNOON))
def test_today_counts_until_its_hour_is_over(text: str, expected: str) -> None:
    due = read_due(text, WEDNESDAY, CALENDAR)
    assert due is not None
    assert due.at == instant(expected)


@pytest.mark.parametrize("text", INNOCENT.strip().splitlines())
def test_what_is_no_due_time_stays_text(text: str) -> None:
    assert read_due(text, SATURDAY, CALENDAR) is None
    assert split_promise(text, SATURDAY, CALENDAR) == (text, None)
