"""What people call each other, and who is meant by it: 张三, 老张, 王工, 建国, Ana, Mr Carter."""

import re
from collections.abc import Sequence

HAN = "\u3400-\u9fff"
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪"
    "祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮"
    "羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎"
    "蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕"
    "冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔"
    "隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖闫付代岳母覃佟仝涂原"
)
COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "司徒",
    "端木",
)
_TITLES = (
    "总工程师 总经理 工程师 副书记 副主任 副队长 副班长 师傅 书记 主任 班长 队长 组长 经理 "
    "处长 科长 局长 所长 站长 段长 厂长 部长 院长 校长 场长 主管 联络员 老师 同志 大夫 "
    "医生 先生 女士 大姐 大哥 工 总 师 姐 哥 叔 姨 老 处 科 局 队 班 头"
)
TITLES = tuple(_TITLES.split())
ALONE = tuple(
    title for title in TITLES if len(title) > 1 and title not in {"同志", "先生", "女士"}
)
ENGLISH_TITLE = re.compile(r"(?:mr|mrs|ms|miss|dr|prof)\.?\s+", re.IGNORECASE)
TITLED = re.compile(rf"(?P<name>.+?)(?P<title>{'|'.join(TITLES)})")
OLD_YOUNG = re.compile(rf"[老小阿大](?P<name>[{HAN}]{{1,2}})")
# Characters of sentences, which names do not have.
_NEVER = "的了是说把被就也还这那我你他她它们谁什么吗呢没不请哪几每某此您咱给让吧啊呀嘛再又"
NEVER = frozenset(f"{_NEVER}很最要于对跟今昨")
NEVER_GIVEN = frozenset("于")  # but as a surname
_WORDS = (
    "公司 单位 大家 领导 当初 之前 以前 党员 群众 员工 客户 厂家 学校 医院 政府 国家 人民 "
    "班组 同事 别人 人家 自己 全体 全部 所有 所以 本周 上周 本月 上月 最近 现在 目前 当时 "
    "安全 质量 服务 郑重 庄严 最后 上次 下次 一份 一个 书面 口头 年度 季度 入党 廉洁 工作 "
    "生产 检修 设备 机器 打卡 学习 签到 承诺 任务 整改 公告 通知 早会 微课 看板 积分 台账 "
    "连续 已经 有人 个人 人人 人员 成员 名单 情况 已学 未学 逾期 到期 请假 早上 上午 下午 "
    "晚上 中午 有没 有什 有多 多少 哪些 都有 还有 没有 全班 全组 各班 本班 班里 组里 群里 "
    "部门 支部 车间 项目 合同 甲方 乙方 业主 家属 孩子 爱人 老板 财务 人事 行政 上级 下级 "
    "平台 系统 厂里 局里 队里 家里 公开 庄重 明确 相互 双方 共同 集体 职工 干部 青年 团员 "
    "新人 新员 每人 人均 平均 总体 整体 全员 出勤 完成 超期 国庆 元旦 春节"
)
WORDS = frozenset(_WORDS.split())
_ENGLISH_WORDS = (
    "the my your our their his her its it he she they we you i me us them who what which "
    "how when where why team all any some every everyone everybody nobody anyone anybody "
    "someone somebody this that these those no not and or is are was were has have had did "
    "does do be to of in on at for from with by about as but if there here today yesterday "
    "tomorrow week month people member members open overdue due promise promises broken "
    "many much more most still yet always never company boss customer supplier client "
    "electoral election campaign empty false a an"
)
ENGLISH_WORDS = frozenset(_ENGLISH_WORDS.split())
LATIN = re.compile(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*){0,3}")
DIGITS = str.maketrans("1234567890", "一二三四五六七八九〇")
MANY = 8  # Han characters of a name, with the dots of those that have them


def plausible(name: str) -> bool:
    """Whether words that stand where a name may stand can be one."""
    if not name or name in WORDS:
        return False
    if not re.search(f"[{HAN}]", name):
        words = ENGLISH_TITLE.sub("", name).lower().replace("'s", "").split()
        return bool(words) and LATIN.fullmatch(name) is not None and not ENGLISH_WORDS & set(words)
    if "·" in name:
        return len(name) <= 2 * MANY
    if len(name) > MANY or any(c in NEVER for c in name[1:]) or name[0] in NEVER - NEVER_GIVEN:
        return False
    if name in ALONE:
        return True
    if OLD_YOUNG.fullmatch(name):
        return True
    found = TITLED.fullmatch(name)
    if found and len(found["name"]) <= 4 and found["name"] not in WORDS:
        return _surnamed(found["name"]) or len(found["name"]) <= 3
    if any(word in name for word in WORDS):
        return False
    return _surnamed(name) or len(name) == 2


def _surnamed(name: str) -> bool:
    """Whether it begins as a Chinese name does, and is no longer than one."""
    if name.startswith(COMPOUND):
        return len(name) <= 4
    return name[0] in SURNAMES and len(name) <= 3


def personal(name: str) -> bool:
    """Whether it can hardly be anything but a person's: 张三, 老张, 王主任."""
    found = TITLED.fullmatch(name)
    return _surnamed(name) or bool(OLD_YOUNG.fullmatch(name)) or bool(found and found["name"])


def titled(name: str) -> bool:
    """Whether it is a surname with a short title: 赵班 and 李队 are people, 一班 is none."""
    return len(name) == 2 and name[0] in SURNAMES and name[1] in TITLES


def keys(said: str) -> Sequence[str]:
    """Parts that the name of whoever is meant may hold: what to look for before `meant`."""
    bare = _plain(said)
    found = {bare, *(part for part in _parts(bare) if part)}
    if " " in bare:
        found |= set(bare.split())
    return sorted(found)


def meant(said: str, names: Sequence[str]) -> Sequence[int]:
    """The places of the names that fit best: exactly, without titles, by surname, in part."""
    wanted = _plain(said)
    every = [_plain(name) for name in names]
    bare, titled = _untitled(wanted)
    ways = (
        lambda name: name == wanted,
        lambda name: bare in {name, _untitled(name)[0]} and len(bare) > 1,
        lambda name: titled and len(bare) <= 2 and _surname(name) == bare,
        lambda name: titled and len(name) > 1 and name.endswith(bare),
        lambda name: wanted in ALONE and name.endswith(wanted),
        lambda name: _contains(name, wanted) or (len(bare) > 1 and _contains(name, bare)),
    )
    for fits in ways:
        if found := [place for place, name in enumerate(every) if fits(name)]:
            return found
    return []


def near(said: str, names: Sequence[str], most: int = 3) -> Sequence[str]:
    """The names most like one that fits none: by the letters that they share."""
    wanted = set(_plain(said)) - {" "}
    likeness = [
        (-len(wanted & set(_plain(name))) / max(len(wanted | set(_plain(name))), 1), place)
        for place, name in enumerate(names)
    ]
    least = -0.25
    return [names[place] for like, place in sorted(likeness) if like <= least][:most]


def same(name: str) -> str:
    """A team's name in one spelling: 1班 is 一班."""
    return " ".join(name.casefold().split()).translate(DIGITS)


def _plain(name: str) -> str:
    return ENGLISH_TITLE.sub("", " ".join(name.casefold().split()))


def _parts(name: str) -> Sequence[str]:
    """What a name holds that somebody else's way to say it holds too."""
    bare, _ = _untitled(name)
    return [bare, bare[-1:] if len(bare) == 1 or not bare.isascii() else ""]


def _untitled(name: str) -> tuple[str, bool]:
    """A name without 老, 小 or a title; and whether it had one."""
    if found := OLD_YOUNG.fullmatch(name):
        return found["name"], True
    if (found := TITLED.fullmatch(name)) and re.search(f"[{HAN}]", name):
        return found["name"], True
    return name, False


def _surname(name: str) -> str:
    return name[:2] if name.startswith(COMPOUND) and len(name) > 2 else name[:1]


def _contains(name: str, part: str) -> bool:
    if len(part) < 2:
        return False
    if part.isascii():
        return re.search(rf"\b{re.escape(part)}", name) is not None
    return part in name
