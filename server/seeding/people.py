"""Who works at Willow & Reed, and who shops there."""

from dataclasses import dataclass
from typing import Literal

from storage.rows import Role

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here. ``skills`` maps a skill's key to the level 1 to 5."""

    mailbox: str
    name: str
    role: Role
    capacity: int
    skills: dict[str, int]

    @property
    def email(self) -> str:
        """Their address, which is also how they sign in."""
        return f"{self.mailbox}@demo.kefu"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer the shop vouches for. The demo shop signs the first three in."""

    external_id: str
    name: str
    email: str
    language: Language
    city: str


COLLEAGUES = (
    Colleague(
        "mei",
        "林梅 Lin Mei",
        "agent",
        4,
        {"lang:zh": 5, "lang:en": 3, "orders": 5, "products": 3, "returns": 2},
    ),
    Colleague(
        "hao",
        "陈浩 Chen Hao",
        "agent",
        3,
        {"lang:zh": 5, "lang:en": 2, "returns": 5, "complaints": 3, "orders": 2},
    ),
    Colleague("yun", "周云 Zhou Yun", "agent", 3, {"lang:zh": 5, "products": 5, "orders": 3}),
    Colleague(
        "grace", "Grace Holt", "agent", 4, {"lang:en": 5, "products": 4, "orders": 4, "returns": 2}
    ),
    Colleague(
        "daniel",
        "Daniel Okafor",
        "agent",
        3,
        {"lang:en": 5, "lang:zh": 2, "orders": 5, "returns": 4},
    ),
    Colleague("sofia", "Sofia Marsh", "agent", 3, {"lang:en": 5, "returns": 4, "complaints": 5}),
    Colleague(
        "qin",
        "苏琴 Su Qin",
        "supervisor",
        2,
        {"lang:zh": 5, "lang:en": 4, "complaints": 5, "returns": 4},
    ),
    Colleague("admin", "Ada Whitfield", "admin", 1, {"lang:en": 5}),
)

DEMO_CUSTOMERS = (
    Customer("wang-fang", "王芳", "wang.fang@example.com", "zh", "杭州"),
    Customer("tom-reed", "Tom Reed", "tom.reed@example.com", "en", "Bristol"),
    Customer("amina-diallo", "Amina Diallo", "amina.diallo@example.com", "en", "Lyon"),
)

FAMILY = [
    "李",
    "张",
    "刘",
    "杨",
    "黄",
    "赵",
    "吴",
    "徐",
    "孙",
    "马",
    "朱",
    "胡",
    "郭",
    "何",
    "高",
    "罗",
    "郑",
    "梁",
    "谢",
    "宋",
]
GIVEN = [
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "勇",
    "艳",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "刚",
    "桂兰",
    "思远",
    "雨桐",
    "子涵",
]
FIRST = [
    "Hannah",
    "Oliver",
    "Maya",
    "Jonas",
    "Priya",
    "Lucas",
    "Elena",
    "Samuel",
    "Nora",
    "Isaac",
    "Clara",
    "Felix",
    "Ruth",
    "Leo",
    "Ines",
    "Omar",
    "Greta",
    "Theo",
    "Alice",
    "Marcus",
]
LAST = [
    "Bennett",
    "Kowalski",
    "Ahmed",
    "Larsen",
    "Moreau",
    "Fischer",
    "Osei",
    "Novak",
    "Walsh",
    "Pereira",
    "Lindqvist",
    "Hughes",
    "Rossi",
    "Carter",
    "Jansen",
    "Doyle",
    "Adeyemi",
    "Brandt",
    "Evans",
    "Silva",
]
CITIES: dict[Language, list[str]] = {
    "zh": ["上海", "北京", "广州", "成都", "苏州", "南京", "武汉", "厦门"],
    "en": ["London", "Leeds", "Edinburgh", "Dublin", "Berlin", "Utrecht", "Toronto", "Melbourne"],
}
