"""All configuration: read once by the `kefu` command, handed down, never looked up again."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from server.mail_server import MailSetting, mail_server
from server.places import data_dir_default

MIN_SECRET_CHARS = 32


class Settings(BaseSettings):
    """What a node can be told. The environment variable is KEFU_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="KEFU_", frozen=True, extra="forbid")

    # Where it listens, and what it is called from outside.
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. 0.0.0.0 lets other machines in.",
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="TCP port to listen on; 0 takes any free one."
    )
    public_url: str | None = Field(
        default=None,
        description="Address people use, as https://chat.example.com. Without it: http://localhost "
        "and the port. When wrong, browsers are refused because their origin is not ours.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of proxies whose X-Forwarded-For is believed, with commas between. "
        "Without it the limits per address see the proxy only.",
    )

    # Where things are kept.
    data_dir: Path = Field(
        default_factory=data_dir_default,
        description="Folder of the embedded servers, the generated secret and the first logins. "
        "Default: .kefu in the project.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 18, as postgresql://user:password@host/name. Without it `kefu up` "
        "starts its own.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Valkey 8+ or Redis 7+, as redis://:password@host:6379/0. Behind Sentinels: "
        "redis+sentinel://:password@one:26379,two:26379/service. A cluster: "
        "redis+cluster://:password@one:6379,two:6379. With TLS each begins with rediss. Without it "
        "`kefu up` starts its own.",
    )
    database_pool_min: int = Field(
        default=2, ge=0, le=100, description="Connections to PostgreSQL kept open."
    )
    database_pool_max: int = Field(
        default=10,
        ge=2,
        le=200,
        description="Most connections of one node to PostgreSQL. All nodes together must stay "
        "below its max_connections.",
    )
    database_wait_s: float = Field(
        default=2.0,
        gt=0,
        le=60,
        description="How long a request waits for PostgreSQL before it is told `unavailable`.",
    )
    statement_timeout_s: float = Field(
        default=5.0, gt=0, le=600, description="Longest time one SQL statement may run."
    )
    lock_timeout_s: float = Field(
        default=2.0, gt=0, le=60, description="Longest time one SQL statement may wait for a lock."
    )
    message_batch_max: int = Field(
        default=200, ge=1, le=2000, description="Most messages stored by one statement."
    )
    message_queue_max: int = Field(
        default=5000,
        ge=10,
        le=100_000,
        description="Most messages waiting to be stored; beyond it senders are told `unavailable`.",
    )

    # Secrets and people.
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs the tokens of visitors; 32 characters or more, the same on every node. "
        "Without it one is made and kept in the data folder.",
    )
    demo: bool = Field(default=False, description="Serve the demo shop. `kefu up` switches it on.")
    demo_password: SecretStr | None = Field(
        default=None,
        min_length=8,
        description="Password of the demo agents. Without it one is made and kept in the data "
        "folder.",
    )
    agent_session_s: int = Field(
        default=12 * 3600, ge=300, le=30 * 86400, description="How long an agent stays signed in."
    )
    visitor_token_s: int = Field(
        default=180 * 86400,
        ge=3600,
        le=730 * 86400,
        description="How long a browser is remembered as the same visitor.",
    )
    sign_ins_per_minute: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="Sign-in attempts a minute from one address, and for one e-mail address.",
    )

    previews_per_minute: int = Field(
        default=120,
        ge=1,
        le=100_000,
        description="How often one supervisor may try a queue out in a minute, while writing it.",
    )
    webhook_tests_per_minute: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="How often one supervisor may try the webhooks of alerts in a minute.",
    )
    reports_sent_per_minute: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="How often one supervisor may have reports sent to them at once in a minute.",
    )
    conversations_per_hour: int = Field(
        default=30,
        ge=1,
        le=100_000,
        description="New conversations one visitor may start in an hour.",
    )
    conversations_per_hour_per_address: int = Field(
        default=300,
        ge=1,
        le=1_000_000,
        description="New conversations that may be started from one address in an hour. This "
        "machine's own address is not counted.",
    )
    strangers_per_hour_per_address: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="New browsers, not known by a token or an identity, that one address may bring "
        "in an hour. This machine's own address is not counted.",
    )

    webhooks_may_be_private: bool = Field(
        default=False,
        description="Let alerts be posted to addresses of this machine and its network, too. Who "
        "sets up alerts could then reach what only this machine can.",
    )

    # E-mail that goes out, of alerts and reports.
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Server that takes our e-mail, as smtp://user:password@host:587, which must "
        "offer STARTTLS, or smtps://user:password@host:465, with TLS from the start. "
        "smtp+plain://host:25 is without TLS and without a password, for a server on this machine. "
        "In user and password write % as %25, @ as %40. Without it nothing is sent by e-mail, and "
        "nothing of it is shown.",
    )
    mail_from: str | None = Field(
        default=None,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$",
        validate_default=True,
        description="Address that our e-mail comes from, as kefu@shop.example; needed with "
        "KEFU_SMTP_URL. Servers refuse mail from an address that is not theirs.",
    )

    # What may be said.
    message_text_max_chars: int = Field(
        default=10_000,
        ge=1,
        le=100_000,
        description="Longest text of a message. Longer ones are refused, never cut.",
    )
    comment_max_chars: int = Field(
        default=2000, ge=1, le=10_000, description="Longest comment with a rating."
    )
    attributes_max: int = Field(
        default=50, ge=0, le=500, description="Most attributes of one visitor."
    )
    attribute_value_max_chars: int = Field(
        default=500, ge=1, le=10_000, description="Longest value of an attribute."
    )
    body_max_bytes: int = Field(
        default=262_144, ge=1024, le=16_777_216, description="Largest body of a REST request."
    )
    setup_max_bytes: int = Field(
        default=4_194_304,
        ge=1024,
        le=67_108_864,
        description="Largest body of an import of the setup, or of a change of the skills matrix.",
    )

    # Sockets.
    frame_max_bytes: int = Field(
        default=163_840,
        ge=4096,
        le=16_777_216,
        description="Largest frame a client may send. Larger ones end the session.",
    )
    outbox_max_bytes: int = Field(
        default=1_048_576,
        ge=16_384,
        le=268_435_456,
        description="Bytes that may wait for one deaf client before it is cut off as `slow`; its "
        "longest answer is not counted.",
    )
    outbox_max_packets: int = Field(
        default=1024,
        ge=16,
        le=65_536,
        description="Packets that may wait for one deaf client before it is cut off as `slow`.",
    )
    auth_timeout_s: float = Field(
        default=10.0, gt=0, le=60, description="How long a connection may take to say who it is."
    )
    ping_interval_s: float = Field(
        default=4.0, ge=0.2, le=60, description="Time between the server's pings."
    )
    ping_timeout_s: float = Field(
        default=20.0, ge=0.2, le=120, description="How long a ping may stay unanswered."
    )
    head_beat_s: float = Field(
        default=2.0,
        ge=0.1,
        le=4,
        description="How often a node compares what it delivered with what is stored.",
    )
    heal_every_s: float = Field(
        default=5.0,
        ge=0.1,
        le=60,
        description="After the bus lost something all sessions are read anew, so often at most.",
    )
    commands_per_s: float = Field(
        default=20.0, gt=0, le=10_000, description="Commands a second one session may keep sending."
    )
    commands_burst: int = Field(
        default=60, ge=1, le=100_000, description="Commands one session may send at once."
    )
    connections_per_address: int = Field(
        default=200, ge=1, le=1_000_000, description="Most open sockets from one address."
    )
    connections_max: int = Field(
        default=20_000, ge=10, le=1_000_000, description="Most open sockets of one node."
    )
    sessions_per_visitor: int = Field(
        default=20, ge=1, le=1000, description="Most open sockets of one visitor on one node."
    )
    open_conversations_per_session: int = Field(
        default=50,
        ge=1,
        le=10_000,
        description="Conversations that one console may have open at the same time.",
    )

    bus_grace_s: float = Field(
        default=5.0,
        ge=0,
        le=600,
        description="How long a node that does not hear itself through Valkey is still ready. "
        "With more than a fail-over of Valkey takes, proxies send people to all nodes meanwhile.",
    )

    # Routing and presence.
    presence_ttl_s: float = Field(
        default=15.0,
        ge=1,
        le=300,
        description="How long an agent counts as connected after the node last said so.",
    )
    presence_grace_s: float = Field(
        default=10.0,
        ge=0,
        le=300,
        description="How long an agent who lost the connection is still waited for; a reload is "
        "not leaving.",
    )
    lease_ttl_s: float = Field(
        default=2.5,
        ge=0.5,
        le=60,
        description="How long a node stays the routing host without renewal.",
    )
    sweep_interval_s: float = Field(
        default=5.0,
        ge=0.5,
        le=60,
        description="How often the routing host looks for what it overlooked.",
    )

    # Operation.
    drain_s: float = Field(
        default=8.0,
        ge=0,
        le=120,
        description="Longest time to hand over and say goodbye to clients at shutdown, after "
        "KEFU_DRAIN_NOTICE_S. What is open is closed in 5 s more.",
    )
    drain_notice_s: float = Field(
        default=1.0,
        ge=0,
        le=120,
        description="How long a node that was told to stop goes on as before while /health/ready "
        "says 503, so that proxies turn away first. More than their check interval.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged: debug, info, warning or error."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto",
        description="json for machines, console for people; auto: console on a terminal.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        description="Collector of traces that speaks OTLP over HTTP, as http://localhost:4318. "
        "Without it nothing is traced. Needs the packages of `requirements/trace.txt`.",
    )
    trace_share: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Share of the commands and requests that are followed as traces.",
    )

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str | None) -> str | None:
        """Accept scheme, host and port only: this is compared with the Origin of browsers."""
        if value is None:
            return None
        parts = urlsplit(value.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("must be scheme, host and port only, without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_a_collector(cls, value: str | None) -> str | None:
        """Accept an address without a password: settings are shown."""
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must not hold a password or a query")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse an address that says too little, and a password that anybody could read."""
        if value is not None:
            mail_server(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_there(cls, value: str | None, known: ValidationInfo) -> str | None:
        """Refuse a mail server without an address to send from."""
        if value is None and known.data.get("smtp_url") is not None:
            raise ValueError("is needed where KEFU_SMTP_URL is set")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse a key that could be guessed."""
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_CHARS:
            raise ValueError(f"is weak: use {MIN_SECRET_CHARS} random characters or more")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        """Read `10.0.0.0/8, ::1` as two networks."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def mail(self) -> MailSetting | None:
        """Where e-mail goes out and from which address; None where none does."""
        if self.smtp_url is None or self.mail_from is None:
            return None
        return MailSetting(mail_server(self.smtp_url), self.mail_from)

    @property
    def origin(self) -> str:
        """Our own origin, as browsers send it."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS, so that cookies may demand it."""
        return self.origin.startswith("https://")
