"""What a sheet calls figures and lines, in the reader's language: as the console does."""

from collections.abc import Mapping
from typing import Final

from server.protocol.reports import ReportLine

DOT: Final = " · "
"""Between the two languages of a name."""

CHINESE: Final = "zh"

WEEKDAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}

ENGLISH: Final = {
    "topic.before_purchase": "Before I buy",
    "topic.order_delivery": "Order and delivery",
    "topic.returns": "Returns and after-sales",
    "topic.complaint": "Complaint",
    "topic.other": "Something else",
    "language.en": "English",
    "language.zh": "Chinese",
    "language.ja": "Japanese",
    "language.ko": "Korean",
    "language.de": "German",
    "language.fr": "French",
    "language.es": "Spanish",
    "language.pt": "Portuguese",
    "language.ru": "Russian",
    "language.ar": "Arabic",
    "report.by.queue": "Queue",
    "report.by.agent": "Agent",
    "report.by.topic": "Topic",
    "report.by.language": "Language",
    "report.by.channel": "Channel",
    "report.by.day": "Day",
    "report.by.weekday": "Weekday",
    "report.by.hour": "Hour of the day",
    "report.by.weekhour": "Weekday and hour",
    "report.none.queue": "No queue",
    "report.none.agent": "Nobody",
    "report.none.language": "Unknown",
    "report.none.other": "None",
    "report.channel.chat": "Chat",
    "report.before": "the days before",
    "report.total": "All together",
    "report.others": "All others",
    "figure.asked": "Asked",
    "figure.answered": "Answered",
    "figure.waiting": "Waiting",
    "figure.abandoned": "Abandoned",
    "figure.abandonment": "Abandonment",
    "figure.wait_mean": "Mean wait",
    "figure.wait_p50": "Median wait",
    "figure.wait_p90": "Wait, 9 in 10",
    "figure.level_offered": "Service level",
    "figure.level_excluding": "Service level, but for quick leavers",
    "figure.level_answered": "Service level, of those answered",
    "figure.level_virtual": "Service level, had all waited",
    "figure.transfers": "Transfers",
    "figure.reopened": "Re-opened",
    "figure.messages": "Messages",
    "figure.taken": "Taken",
    "figure.first_response_mean": "First response",
    "figure.first_response_p90": "First response, 9 in 10",
    "figure.reply_mean": "Reply time",
    "figure.agent_talk": "Agent’s talk time",
    "figure.customer_talk": "Customer’s talk time",
    "figure.handle_mean": "Handle time",
    "figure.handle_p90": "Handle time, 9 in 10",
    "figure.wrap_up_mean": "Wrap-up",
    "figure.concurrency": "Conversations at once",
    "figure.csat": "Satisfaction",
    "figure.csat_response": "Scores given",
    "figure.offers": "Offers",
    "figure.offers_accepted": "Accepted",
    "figure.offers_declined": "Declined",
    "figure.offers_missed": "Missed",
}

IN_CHINESE: Final = {
    "topic.before_purchase": "购买前咨询",
    "topic.order_delivery": "订单与配送",
    "topic.returns": "退换货与售后",
    "topic.complaint": "投诉",
    "topic.other": "其他问题",
    "language.en": "英语",
    "language.zh": "中文",
    "language.ja": "日语",
    "language.ko": "韩语",
    "language.de": "德语",
    "language.fr": "法语",
    "language.es": "西班牙语",
    "language.pt": "葡萄牙语",
    "language.ru": "俄语",
    "language.ar": "阿拉伯语",
    "report.by.queue": "队列",
    "report.by.agent": "客服",
    "report.by.topic": "主题",
    "report.by.language": "语言",
    "report.by.channel": "渠道",
    "report.by.day": "日期",
    "report.by.weekday": "星期",
    "report.by.hour": "时段",
    "report.by.weekhour": "星期与时段",
    "report.none.queue": "无队列",
    "report.none.agent": "无人接待",
    "report.none.language": "未知",
    "report.none.other": "无",
    "report.channel.chat": "在线聊天",
    "report.before": "之前的日子",
    "report.total": "合计",
    "report.others": "其余",
    "figure.asked": "来询",
    "figure.answered": "已接待",
    "figure.waiting": "排队中",
    "figure.abandoned": "未接入离开",
    "figure.abandonment": "未接入离开率",
    "figure.wait_mean": "平均等待",
    "figure.wait_p50": "等待中位数",
    "figure.wait_p90": "等待（九成）",
    "figure.level_offered": "服务水平",
    "figure.level_excluding": "服务水平（不计很快离开的）",
    "figure.level_answered": "服务水平（占已接待的）",
    "figure.level_virtual": "服务水平（假设都愿意等）",
    "figure.transfers": "转接次数",
    "figure.reopened": "恢复次数",
    "figure.messages": "消息数",
    "figure.taken": "接下次数",
    "figure.first_response_mean": "首次响应",
    "figure.first_response_p90": "首次响应（九成）",
    "figure.reply_mean": "回复用时",
    "figure.agent_talk": "客服说话时长",
    "figure.customer_talk": "顾客说话时长",
    "figure.handle_mean": "处理时长",
    "figure.handle_p90": "处理时长（九成）",
    "figure.wrap_up_mean": "收尾时长",
    "figure.concurrency": "同时接待",
    "figure.csat": "满意度",
    "figure.csat_response": "评分率",
    "figure.offers": "派单",
    "figure.offers_accepted": "已接受",
    "figure.offers_declined": "已拒绝",
    "figure.offers_missed": "已错过",
}


class SheetWords:
    """Words of one language; English where it is none of ours."""

    def __init__(self, locale: str) -> None:
        self._is_chinese = locale.lower().startswith(CHINESE)
        self._words: Mapping[str, str] = IN_CHINESE if self._is_chinese else ENGLISH
        self._weekdays = WEEKDAYS[CHINESE if self._is_chinese else "en"]

    def of(self, key: str, otherwise: str = "") -> str:
        """Return a word."""
        return self._words.get(key, otherwise or key)

    def line(self, by: str, line: ReportLine) -> str:
        """Return what a line is about. Days stay as they sort."""
        if line.others:
            return self.of("report.others")
        if line.key is None:
            kind = by if by in {"queue", "agent", "language"} else "other"
            return self.of(f"report.none.{kind}")
        if by == "queue":
            return self._own(line.name or line.key)
        return line.name or self._key(by, line.key)

    def _key(self, by: str, key: str) -> str:
        match by:
            case "topic" | "language":
                return self.of(f"{by}.{key}", key)
            case "channel":
                return self.of(f"report.channel.{key}", key)
            case "weekday":
                return self._weekday(key)
            case "hour":
                return f"{key}:00 – {key}:59"
            case "weekhour":
                return f"{self._weekday(key[0])}, {key[2:]}:00"
            case _:
                return key

    def _weekday(self, number: str) -> str:
        return self._weekdays[int(number) - 1]

    def _own(self, name: str) -> str:
        """Of a name in two languages, `Returns · 退换货`, return the one of ours."""
        parts = name.split(DOT)
        chinese = [part for part in parts if any("\u4e00" <= sign <= "\u9fff" for sign in part)]
        if len(parts) != 2 or len(chinese) != 1:
            return name
        return next(part for part in parts if (part in chinese) == self._is_chinese)
