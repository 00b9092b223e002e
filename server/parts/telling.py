"""What tells those who lead of things."""

from collections.abc import Awaitable, Callable

from server.http.endpoint import Endpoint
from server.http.posting import HttpPoster
from server.http.resources.alerts import AlertsResource
from server.http.resources.scheduled_reports import ScheduledReportsResource
from server.parts.base import Base
from server.parts.routing import Routing
from server.services.admin.alert_rules import AlertRulesAdmin, Ways
from server.services.alerts.job import Alerting, Here
from server.services.alerts.posts import posts_of
from server.services.alerts.reading import AlertReading
from server.services.limits import Limit
from server.services.live.reading import Sources
from server.services.mail.job import Letters, mails_of
from server.services.mail.recipients import Recipients
from server.services.report_sending import ReportSending
from server.services.reports import ReportDesk
from server.services.scheduled_reports import Post, ScheduledReportsDesk
from server.smtp import Smtp
from storage.alert_facts import AlertFacts
from storage.alert_posts import AlertPosts
from storage.alert_rules import AlertRules
from storage.mails import Mails
from storage.reports.reading import Reports
from storage.reports.scheduled import ScheduledReports

Jobs = dict[str, Callable[[], Awaitable[None]]]


def telling_jobs(base: Base, routing: Routing, sources: Sources, poster: HttpPoster) -> Jobs:
    """Return the jobs that look for what is to be told, and that tell it."""
    setting = base.settings.mail
    alerting = Alerting(
        rules=AlertRules(base.db),
        stores=base.stores,
        reading=AlertReading(sources, AlertFacts(base.db)),
        fanout=base.gateway.fanout,
        clock=base.clock,
        here=Here(lambda: routing.host.hosts, mails=setting is not None),
    )
    jobs: Jobs = {
        "alerts": alerting.run,
        "alert posts": posts_of(AlertPosts(base.db), poster, base.clock).run,
    }
    if setting is not None:
        public = base.settings.public_url
        console = None if public is None else f"{public}/console/"
        letters = Letters(Smtp(setting.server), setting.sender, console)
        desk = ReportDesk(Reports(base.long_reads), base.stores, base.clock)
        sending = ReportSending(ScheduledReports(base.db), desk, base.stores, base.clock)
        jobs |= {
            "mails": mails_of(Mails(base.db), letters, base.clock).run,
            "scheduled reports": sending.run,
        }
    return jobs


def telling_endpoints(base: Base) -> list[Endpoint]:
    """Return what is served of all that."""
    stores, clock, settings = base.stores, base.clock, base.settings
    recipients = Recipients(stores.agents, mails=settings.mail is not None)
    rules = AlertRulesAdmin(
        rules=AlertRules(base.db),
        ways=Ways(
            posts=AlertPosts(base.db),
            mails=Mails(base.db),
            recipients=recipients,
            tests=Limit(clock, "webhook_tests_per_minute", settings.webhook_tests_per_minute, 60.0),
            may_be_private=settings.webhooks_may_be_private,
        ),
        stores=stores,
        clock=clock,
    )
    scheduled = ScheduledReportsDesk(
        scheduled=ScheduledReports(base.db),
        post=Post(
            mails=Mails(base.db),
            recipients=recipients,
            sends=Limit(clock, "reports_sent_per_minute", settings.reports_sent_per_minute, 60.0),
        ),
        reports=ReportDesk(Reports(base.long_reads), stores, clock),
        stores=stores,
        clock=clock,
    )
    resources = (AlertsResource(rules), ScheduledReportsResource(scheduled))
    return [endpoint for resource in resources for endpoint in resource.endpoints()]
