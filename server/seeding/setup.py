"""What the demo shop is set up with: skills, queues and ready-made answers."""

from dataclasses import dataclass

SHOP_KEY = "demo"
SHOP_NAME = "Willow & Reed 柳与苇"
ACCENT = "#3f583b"
TIME_ZONE = "Asia/Shanghai"
ORIGINS = ("http://localhost:8080", "http://127.0.0.1:8080")


@dataclass(frozen=True, slots=True)
class Skill:
    """Something an agent can be good at."""

    key: str
    name: str

    @property
    def is_language(self) -> bool:
        """Whether it is a language."""
        return self.key.startswith("lang:")


@dataclass(frozen=True, slots=True)
class Line:
    """A queue. ``needs`` maps a required skill to its least level.

    ``steps`` say from which age how much is enough; ``helpers`` which queues help from which age,
    at once while nobody of its own is there. It is to be answered within ``target_s``.
    """

    key: str
    name: str
    topics: tuple[str, ...]
    needs: dict[str, int]
    priority: int = 0
    target_s: int = 60
    steps: tuple[tuple[int, int], ...] = ()
    helpers: tuple[tuple[str, int], ...] = ()


SKILLS = (
    Skill("lang:zh", "Chinese · 中文"),
    Skill("lang:en", "English · 英语"),
    Skill("orders", "Orders · 订单"),
    Skill("returns", "Returns · 退换货"),
    Skill("products", "Products · 商品"),
    Skill("complaints", "Complaints · 投诉"),
)

LINES = (
    Line(
        "products",
        "Before I buy · 购买前咨询",
        ("before_purchase",),
        {"products": 2},
        target_s=40,
        steps=((30, 1),),
        helpers=(("orders", 90),),
    ),
    Line(
        "orders",
        "Order and delivery · 订单与配送",
        ("order_delivery",),
        {"orders": 2},
        steps=((30, 1),),
        helpers=(("returns", 120),),
    ),
    Line(
        "returns",
        "Returns and after-sales · 退换货与售后",
        ("returns",),
        {"returns": 2},
        steps=((40, 1),),
        helpers=(("orders", 120),),
    ),
    Line(
        "complaints",
        "Complaint · 投诉",
        ("complaint",),
        {"complaints": 3},
        priority=3,
        steps=((60, 2),),
        helpers=(("returns", 180),),
    ),
    Line("general", "Something else · 其他问题", ("other",), {}, target_s=120),
)

REPLIES = (
    ("hello", "en", "Hello, you are talking to a person. What can I do for you?"),
    ("hello", "zh", "您好，我是人工客服。有什么可以帮您？"),
    ("moment", "en", "One moment please, I am looking it up."),
    ("moment", "zh", "请稍等，我查一下。"),
    ("number", "en", "Could you send me the order number? It begins with WR and is in the e-mail."),
    ("number", "zh", "方便告诉我订单号吗？以 WR 开头，在确认邮件里。"),
    (
        "returns",
        "en",
        "You have thirty days. Use the box it came in; we send you a label by e-mail.",
    ),
    ("returns", "zh", "三十天内都可以退换。用原来的盒子装好，退货单我发到您的邮箱。"),
    ("delay", "en", "I am sorry, this parcel is late. I have asked the carrier and will tell you."),
    ("delay", "zh", "很抱歉，包裹晚了。我已经向承运方查询，一有消息就告诉您。"),
    ("sorry", "en", "I am sorry about this. Let me put it right."),
    ("sorry", "zh", "实在抱歉，这件事由我来处理。"),
    ("bye", "en", "Thank you for asking. We are here when you need us."),
    ("bye", "zh", "谢谢您的咨询，需要时随时找我们。"),
)
