"""What an import would change, and what stands in its way."""

import hashlib
from typing import TypeVar

import msgspec
from msgspec import ValidationError
from msgspec.structs import replace

from server.protocol.errors import AppError
from server.protocol.exchange import Deed, FaultCode, SetupChange, SetupFault, Subject
from server.services.admin.exchange.complaints import complaint
from server.services.admin.exchange.places import FAULTS_MAX, Where

ARROW = " → "
Kind = TypeVar("Kind", bound=msgspec.Struct)


class Ledger:
    """Keeps changes, faults and warnings in the order in which they are found."""

    def __init__(self, faults: list[SetupFault], *, is_table: bool) -> None:
        self.changes: list[SetupChange] = []
        self.faults, self.warnings = faults[:FAULTS_MAX], list[SetupFault]()
        self._is_table = is_table

    def fault(
        self,
        where: Where,
        message: str,
        field: str | None = None,
        code: FaultCode = "value",
        limit: str | None = None,
    ) -> None:
        """Keep what is wrong."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(replace(where.fault(message, field, code), limit=limit))

    def refused(self, where: Where, error: AppError) -> None:
        """Keep why a change was refused."""
        self.fault(where, str(error), error.field)

    def warn(self, where: Where, message: str, field: str) -> None:
        """Keep what does not matter but may surprise."""
        if len(self.warnings) < FAULTS_MAX:
            self.warnings.append(where.fault(message, field, "name_stays"))

    def read(self, values: object, kind: type[Kind], where: Where) -> Kind | None:
        """Return the values as what they should be; None when they are not, which is kept."""
        try:
            return msgspec.convert(values, kind, strict=not self._is_table)
        except ValidationError as error:
            field, code, words, limit = complaint(error)
            self.fault(where, words, field, code, limit)
            return None

    def change(
        self,
        subject: Subject,
        name: str,
        field: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Keep a change; what was nothing is added, what becomes nothing is removed."""
        deed: Deed = "changed"
        if not before:
            deed = "added"
        elif not after:
            deed = "removed"
        words = f"{subject.capitalize()} {name}"
        if field is None:
            words = f"{words}: {deed}"
        else:
            words = f"{words}, {field}: {before or 'nothing'}{ARROW}{after or 'nothing'}"
        self.changes.append(
            SetupChange(
                deed=deed,
                subject=subject,
                name=name,
                words=words,
                field=field,
                before=before or None,
                after=after or None,
            )
        )

    def fingerprint(self) -> str:
        """Return what tells this list of changes from any other."""
        return hashlib.sha256(msgspec.json.encode(self.changes)).hexdigest()[:32]
