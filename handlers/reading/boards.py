"""What people write behind /board."""

import re

OFF = re.compile(r"off|撤下|撤掉|关闭|取消", re.IGNORECASE)
RANKING = re.compile(r"出勤|排名|出勤排名|attendance|ranking", re.IGNORECASE)
