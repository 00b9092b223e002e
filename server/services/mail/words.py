"""What letters say, in English and Chinese; the shop's language decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

EN: Mapping[str, str] = {
    "alert": "Alert: {what}",
    "over": "Over: {what}",
    "several": "Alerts: {name}",
    "raised": "Raised at {at}: {what}.",
    "raised_worst": "Raised at {at}: {what}. Worst so far: {worst}.",
    "cleared": "Over at {at}, after {lasted}: {what}.",
    "more": "And {count} more.",
    "alert_link": "Look at the live view",
    "alert_foot": "You get this because “{name}” of {shop} tells you by e-mail. Whoever leads "
    "there changes that in the console, under Alerts. At most one such e-mail is sent in five "
    "minutes.",
    "said.waiting": "{name}: {amount} or more wait",
    "said.longest_wait": "{name}: somebody has waited longer than {amount}",
    "said.service_level": "{name}: fewer than {amount} were answered in time today",
    "said.abandonment": "{name}: {amount} or more abandoned today",
    "said.uncovered": "{name}: {amount} or more wait whom nobody ready can take",
    "said.not_responding": "{name} does not respond to offers",
    "said.missed": "{name} has missed {amount} or more offers today",
    "said.unanswered": "{name}: a customer has waited longer than {amount} for an answer",
    "said.gone": "{name} is gone with {amount} or more customers in hand",
    "report": "{name}: {days}",
    "report_text": "{name}, {days}. All of it is in the workbook that is attached.",
    "report_incomplete": "Older conversations are still being taken in; the figures grow until "
    "they are.",
    "report_empty": "Nothing happened on these days.",
    "report_link": "Open reports",
    "report_foot": "You get this because a report of {shop} is sent to you. Whoever leads there "
    "changes that in the console, under Reports.",
    "days": "{first} to {last}",
    "figure.asked": "Asked",
    "figure.answered": "Answered",
    "figure.abandonment": "Abandonment",
    "figure.wait_p50": "Median wait",
    "figure.level_offered": "Service level",
    "figure.level_excluding": "Service level, but for quick leavers",
    "figure.level_answered": "Service level, of those answered",
    "figure.level_virtual": "Service level, had all waited",
    "figure.first_response_mean": "First response",
    "figure.handle_mean": "Handle time",
    "figure.csat": "Satisfaction",
}

ZH: Mapping[str, str] = {
    "alert": "告警：{what}",
    "over": "已解除：{what}",
    "several": "告警：{name}",
    "raised": "{at} 发生：{what}。",
    "raised_worst": "{at} 发生：{what}。目前最差：{worst}。",
    "cleared": "{at} 解除，持续 {lasted}：{what}。",
    "more": "另有 {count} 条。",
    "alert_link": "查看实时监控",
    "alert_foot": "您收到此邮件，是因为 {shop} 的告警“{name}”设置了邮件通知您。"
    "主管可在控制台的“告警”中更改。五分钟内最多发送一封。",
    "said.waiting": "{name}：排队人数达到 {amount} 人",
    "said.longest_wait": "{name}：有顾客等待超过 {amount}",
    "said.service_level": "{name}：今日及时接入率低于 {amount}",
    "said.abandonment": "{name}：今日未接入离开率达到 {amount}",
    "said.uncovered": "{name}：有 {amount} 人以上在排队，而可接待的客服都不具备所需技能",
    "said.not_responding": "{name} 不回应派单",
    "said.missed": "{name} 今日错过派单达到 {amount} 次",
    "said.unanswered": "{name}：有顾客等待回复超过 {amount}",
    "said.gone": "{name} 已断线，手上还有 {amount} 位以上的顾客",
    "report": "{name}：{days}",
    "report_text": "{name}，{days}。完整内容见附件中的工作簿。",
    "report_incomplete": "更早的会话还在统计中，数字会继续增加。",
    "report_empty": "这些天没有会话。",
    "report_link": "打开报表",
    "report_foot": "您收到此邮件，是因为 {shop} 的一份报表发送给您。主管可在控制台的“报表”中更改。",
    "days": "{first} 至 {last}",
    "figure.asked": "来询",
    "figure.answered": "已接待",
    "figure.abandonment": "未接入离开率",
    "figure.wait_p50": "等待中位数",
    "figure.level_offered": "服务水平",
    "figure.level_excluding": "服务水平（不计很快离开的）",
    "figure.level_answered": "服务水平（占已接待的）",
    "figure.level_virtual": "服务水平（假设都愿意等）",
    "figure.first_response_mean": "首次响应",
    "figure.handle_mean": "处理时长",
    "figure.csat": "满意度",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The language and the clock of a shop."""

    language: str
    zone: ZoneInfo
    texts: Mapping[str, str]

    def say(self, key: str, **parts: object) -> str:
        """Return a sentence. What is put in stays as it is, braces and all."""
        return self.texts[key].format(**parts)

    def moment(self, at: datetime) -> str:
        """Return a moment as the shop's clock has it."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


def words_of(locale: str, time_zone: str) -> Words:
    """Return the words for a shop: Chinese where it speaks that, else English."""
    zone = ZoneInfo(time_zone)
    if locale.lower().partition("-")[0] == "zh":
        return Words("zh-CN", zone, ZH)
    return Words("en", zone, EN)


def written(unit: str, value: float) -> str:
    """Return a value as people write it: 12,345, 1:20, 84.5%, 4.25."""
    match unit:
        case "seconds":
            return stopwatch(round(value))
        case "share":
            return f"{value * 100:.1f}".removesuffix(".0") + "%"
        case "percent":
            return f"{value:.0f}%"
        case "score":
            return f"{value:.2f}"
        case "ratio":
            return f"{value:.1f}"
        case _:
            return f"{value:,.0f}"


def stopwatch(seconds: int) -> str:
    """Return a time as 1:20 or 2:03:04."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
